package nocobase.procedures.process.claim;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import java.time.Duration;
import nocobase.procedures.audit.Downtimes;
import nocobase.procedures.cluster.Cluster;
import nocobase.procedures.cluster.Clusters;
import org.springframework.stereotype.Component;

/** For monitoring: how long the clients of each cluster have been without service, in seconds; 0 while they are served. */
@Component
public class DowntimeMetric implements MeterBinder {

    public static final String NAME = "procedures.downtime";

    private final Clusters clusters;
    private final Downtimes downtimes;
    private final Clock clock;

    DowntimeMetric(Clusters clusters, Downtimes downtimes, Clock clock) {
        this.clusters = clusters;
        this.downtimes = downtimes;
        this.clock = clock;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (Cluster cluster : clusters.all()) {
            Gauge.builder(NAME, cluster.name(), this::seconds)
                    .tag("cluster", cluster.name())
                    .baseUnit("seconds")
                    .description("Time that clients have been without service; 0 while they are served")
                    .register(registry);
        }
    }

    private double seconds(String cluster) {
        return downtimes
                .lasting(cluster)
                .map(downtime -> Duration.between(downtime.since(), clock.instant()))
                .orElse(Duration.ZERO)
                .toSeconds();
    }
}
