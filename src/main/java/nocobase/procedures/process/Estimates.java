package nocobase.procedures.process;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import nocobase.procedures.audit.Downtime;
import nocobase.procedures.audit.Downtimes;
import nocobase.procedures.language.Messages;
import org.springframework.stereotype.Component;

/**
 * How long a cluster is out of service, judged by the last runs of the same procedure there: from the maintenance page until
 * clients were served. No estimate without such a run. The plan, the status view and the maintenance page say what is computed
 * here and nothing else.
 */
@Component
public class Estimates {

    private static final Messages MESSAGES = Messages.of("process");
    private static final int RUNS = 5;
    /** Procedures whose plan has a time behind the maintenance page. */
    private static final Set<String> WITH_DOWNTIME = Set.of("version-upgrade", "first-start", "return-to-service");

    private final Downtimes downtimes;

    Estimates(Downtimes downtimes) {
        this.downtimes = downtimes;
    }

    /**
     * What former runs took.
     *
     * @param typical their median
     * @param runs how many there were
     */
    public record Estimate(Duration typical, Duration shortest, Duration longest, int runs) {}

    /** Whether there is anything to estimate. */
    public boolean planned(String procedure) {
        return WITH_DOWNTIME.contains(procedure);
    }

    public Optional<Estimate> of(String cluster, String procedure) {
        List<Duration> lengths =
                downtimes.lengths(cluster, procedure, RUNS).stream().sorted().toList();
        return lengths.isEmpty()
                ? Optional.empty()
                : Optional.of(new Estimate(
                        lengths.get(lengths.size() / 2),
                        lengths.get(0),
                        lengths.get(lengths.size() - 1),
                        lengths.size()));
    }

    /** When clients are expected to be served again, in whole minutes; empty where nobody works on that, or nobody knows. */
    public Optional<Instant> endOf(Downtime downtime) {
        return downtime.left() != null
                ? Optional.empty()
                : of(downtime.cluster(), downtime.work().procedure())
                        .map(estimate -> minutes(downtime.work().since().plus(estimate.typical())));
    }

    /** For whoever reviews the plan. */
    String shown(String cluster, String procedure) {
        return of(cluster, procedure)
                .map(estimate -> estimate.runs() == 1
                        ? MESSAGES.text("estimate.likeLastRun", words(estimate.typical()))
                        : MESSAGES.text(
                                "estimate.likeFormerRuns",
                                words(estimate.typical()),
                                estimate.runs(),
                                words(estimate.shortest()),
                                words(estimate.longest())))
                .orElseGet(() -> MESSAGES.text("estimate.none"));
    }

    /** Rather late than early: an estimate is no more precise than that. */
    private static Instant minutes(Instant moment) {
        Instant minute = moment.truncatedTo(ChronoUnit.MINUTES);
        return minute.equals(moment) ? minute : minute.plus(1, ChronoUnit.MINUTES);
    }

    private static String words(Duration duration) {
        long minutes = Math.max(1, duration.plusSeconds(59).toMinutes());
        return minutes < 60 ? minutes + " min" : minutes / 60 + " h " + minutes % 60 + " min";
    }
}
