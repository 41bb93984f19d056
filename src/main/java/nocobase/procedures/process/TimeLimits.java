package nocobase.procedures.process;

import java.time.Duration;
import java.util.function.Function;
import nocobase.procedures.cluster.ClusterSettings;
import nocobase.procedures.cluster.Clusters;
import org.springframework.stereotype.Component;

/** The time limits of the waits, as ISO 8601 durations for the boundary timers of the models. */
@Component("timeLimits")
public class TimeLimits {

    private static final Duration ROUTE = Duration.ofSeconds(60);

    private final Clusters clusters;

    TimeLimits(Clusters clusters) {
        this.clusters = clusters;
    }

    public String route(String cluster) {
        return ROUTE.toString();
    }

    public String stop(String cluster) {
        return of(cluster, ClusterSettings::stopTimeout);
    }

    /** Somewhat more than the requests' own time: the balancer reports their end. */
    public String drain(String cluster) {
        return clusters.find(cluster).settings().drain().plus(ROUTE).toString();
    }

    public String backup(String cluster) {
        return of(cluster, ClusterSettings::backupTimeout);
    }

    public String install(String cluster) {
        return of(cluster, ClusterSettings::installTimeout);
    }

    public String join(String cluster) {
        return of(cluster, ClusterSettings::joinTimeout);
    }

    public String pull(String cluster) {
        return of(cluster, ClusterSettings::pullTimeout);
    }

    /** How long a task may wait for its answer; models before version 0.2.0, which may still run, have a timer with it. */
    public String answer(String cluster) {
        return of(cluster, ClusterSettings::answerTimeout);
    }

    private String of(String cluster, Function<ClusterSettings, Duration> limit) {
        return limit.apply(clusters.find(cluster).settings()).toString();
    }
}
