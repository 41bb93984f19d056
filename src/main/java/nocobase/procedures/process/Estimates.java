package nocobase.procedures.process;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nocobase.procedures.audit.Downtime;
import nocobase.procedures.audit.Downtimes;
import nocobase.procedures.audit.Downtimes.FormerRun;
import nocobase.procedures.audit.RunMeasures;
import nocobase.procedures.audit.RunMeasures.Measure;
import nocobase.procedures.language.Messages;
import nocobase.procedures.language.Sizes;
import org.springframework.stereotype.Component;

/**
 * How long a cluster is out of service, judged by the last runs of the same procedure there: from the maintenance page until
 * clients were served. What those runs spent on copying and restoring the databases is scaled by their size then and now,
 * where both are known. No estimate without such a run. The plan, the status view and the maintenance page say what is computed
 * here and nothing else.
 */
@Component
public class Estimates {

    private static final Messages MESSAGES = Messages.of("process");
    private static final int RUNS = 5;
    /** Procedures whose plan has a time behind the maintenance page. */
    private static final Set<String> WITH_DOWNTIME =
            Set.of(ProcessKeys.VERSION_UPGRADE, ProcessKeys.FIRST_START, ProcessKeys.RETURN_TO_SERVICE);
    /** What takes the longer the more data there are. */
    private static final Set<String> ON_DATA = Set.of(ElementIds.TAKE_RESTORE_POINT, ElementIds.RESTORE_DATABASES);

    private static final Set<String> PULL = Set.of(ElementIds.PULL_IMAGE);

    private final Downtimes downtimes;
    private final RunMeasures measures;
    private final FormerSteps steps;

    Estimates(Downtimes downtimes, RunMeasures measures, FormerSteps steps) {
        this.downtimes = downtimes;
        this.measures = measures;
        this.steps = steps;
    }

    /**
     * What former runs took.
     *
     * @param typical their median
     * @param runs how many there were
     * @param sizes by which they were scaled; null where they were not
     */
    public record Estimate(Duration typical, Duration shortest, Duration longest, int runs, DatabaseSizes sizes) {}

    /** Bytes of all databases: the median of the former runs, and those of the run that is estimated. */
    public record DatabaseSizes(long then, long now) {}

    /**
     * The image, which is pulled while the cluster serves.
     *
     * @param here whether every host has it: nothing is pulled
     * @param typical the median of former pulls on that cluster; null without any
     * @param pulls how many there were
     */
    public record Pull(boolean here, Duration typical, int pulls) {}

    /** Whether there is anything to estimate. */
    public boolean planned(String procedure) {
        return WITH_DOWNTIME.contains(procedure);
    }

    /** @param operation the run that is estimated */
    public Optional<Estimate> of(String cluster, String procedure, String operation) {
        List<FormerRun> runs = downtimes.formerRuns(cluster, procedure, RUNS);
        if (runs.isEmpty()) {
            return Optional.empty();
        }
        Former former = former(runs, operation);
        List<Duration> lengths = former.lengths().stream().sorted().toList();
        return Optional.of(new Estimate(
                median(lengths), lengths.get(0), lengths.get(lengths.size() - 1), lengths.size(), former.sizes()));
    }

    private record Former(List<Duration> lengths, DatabaseSizes sizes) {}

    private Former former(List<FormerRun> runs, String operation) {
        List<String> operations = runs.stream().map(FormerRun::operation).toList();
        Map<String, Measure> then = measures.of(operations);
        Map<String, List<FormerSteps.Span>> spans = steps.of(operations, ON_DATA);
        Long now = measures.of(operation).map(Measure::databaseSize).orElse(null);
        List<Duration> lengths = new ArrayList<>();
        List<Long> sizes = new ArrayList<>();
        for (FormerRun run : runs) {
            Measure measure = then.get(run.operation());
            Duration onData = spans.getOrDefault(run.operation(), List.of()).stream()
                    .map(span -> span.within(run.since(), run.until()))
                    .reduce(Duration.ZERO, Duration::plus);
            if (now == null
                    || measure == null
                    || measure.databaseSize() == null
                    || measure.databaseSize() <= 0
                    || onData.isZero()) {
                lengths.add(run.length());
            } else {
                sizes.add(measure.databaseSize());
                lengths.add(run.length().minus(onData).plus(scaled(onData, now, measure.databaseSize())));
            }
        }
        return new Former(
                lengths,
                sizes.isEmpty()
                        ? null
                        : new DatabaseSizes(median(sizes.stream().sorted().toList()), now));
    }

    private static Duration scaled(Duration onData, long now, long then) {
        return Duration.ofMillis(Math.round(onData.toMillis() * ((double) now / then)));
    }

    /** Empty where no image is pulled, or nothing was found out. */
    public Optional<Pull> pull(String cluster, String operation) {
        return measures.of(operation)
                .map(Measure::imageHere)
                .map(here -> here ? new Pull(true, null, 0) : pulled(cluster, operation));
    }

    private Pull pulled(String cluster, String operation) {
        List<String> former = measures.withoutImage(cluster, RUNS + 1).stream()
                .filter(one -> !one.equals(operation))
                .limit(RUNS)
                .toList();
        List<Duration> lengths = steps.of(former, PULL).values().stream()
                .map(spans -> spans.stream().map(FormerSteps.Span::length).reduce(Duration.ZERO, Duration::plus))
                .sorted()
                .toList();
        return new Pull(false, lengths.isEmpty() ? null : median(lengths), lengths.size());
    }

    private static <T> T median(List<T> sorted) {
        return sorted.get(sorted.size() / 2);
    }

    /** When clients are expected to be served again, in whole minutes; empty where nobody works on that, or nobody knows. */
    public Optional<Instant> endOf(Downtime downtime) {
        Downtime.Work work = downtime.work();
        return downtime.left() != null
                ? Optional.empty()
                : of(downtime.cluster(), work.procedure(), work.operation())
                        .map(estimate -> minutes(work.since().plus(estimate.typical())));
    }

    /** For whoever reviews the plan. */
    public String shown(String cluster, String procedure, String operation) {
        String downtime =
                of(cluster, procedure, operation).map(Estimates::words).orElseGet(() -> MESSAGES.text("estimate.none"));
        return downtime
                + pull(cluster, operation).map(pull -> " " + words(pull)).orElse("");
    }

    private static String words(Estimate estimate) {
        String former = estimate.runs() == 1
                ? MESSAGES.text("estimate.likeLastRun", words(estimate.typical()))
                : MESSAGES.text(
                        "estimate.likeFormerRuns",
                        words(estimate.typical()),
                        estimate.runs(),
                        words(estimate.shortest()),
                        words(estimate.longest()));
        DatabaseSizes sizes = estimate.sizes();
        return sizes == null
                ? former
                : former + " " + MESSAGES.text("estimate.scaled", Sizes.shown(sizes.now()), Sizes.shown(sizes.then()));
    }

    private static String words(Pull pull) {
        if (pull.here()) {
            return MESSAGES.text("estimate.imageHere");
        }
        return pull.typical() == null
                ? MESSAGES.text("estimate.pullUnknown")
                : MESSAGES.text("estimate.pull", words(pull.typical()), pull.pulls());
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
