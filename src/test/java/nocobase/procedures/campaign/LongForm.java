package nocobase.procedures.campaign;

import static nocobase.procedures.campaign.Strike.at;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import nocobase.procedures.campaign.DockerDoor.Mode;
import nocobase.procedures.campaign.Step.Moment;

/**
 * The long form: each procedure runs once without a fault, and then with each fault at each of the steps that it went
 * through. Hours.
 */
final class LongForm {

    /** So many faults that heal by themselves strike in one run. */
    private static final int TOGETHER = 6;

    private static final Duration OUTAGE = Duration.ofSeconds(10);
    private static final int RETRIES = 12;

    private static final List<Supplier<Fault>> HEALING = List.of(
            Faults::engineKilled,
            () -> Faults.engineDatabaseAway(Duration.ofSeconds(60)),
            () -> Faults.nocoBasesDatabaseAway(OUTAGE),
            () -> Faults.balancerDead(OUTAGE),
            () -> Faults.nodeStuck(OUTAGE),
            () -> Faults.docker(Mode.SILENT, OUTAGE),
            () -> Faults.docker(Mode.ERRORS, OUTAGE),
            () -> Faults.docker(Mode.GONE, OUTAGE));

    private static final List<Supplier<Fault>> ASKING = List.of(
            Faults::nodeKilled, Faults::foreignSession, Faults::balancerDeadUntilAsked, Faults::instanceDeleted);

    private final Map<String, List<Step>> traces = new HashMap<>();

    /** A run without faults shows the steps for those with faults. */
    void note(Plan plan, Stage stage, Run run) {
        if (plan.strikes().isEmpty()) {
            traces.put(plan.title(), Trace.of(stage, run.operations.get(0)));
        }
    }

    Stream<Plan> plans() {
        Stream<Function<String, Plan>> kinds = Stream.of(
                title -> Plan.goodUpgrade(title, RETRIES),
                title -> Plan.faultyUpgrade(title, "broken-migration"),
                title -> Plan.of(title, "in-app-maintenance", true, Plan.MAINTENANCE, RETRIES),
                title -> Plan.of(title, "return-to-service", true, Map.of(), RETRIES),
                title -> Plan.of(title, "first-start", false, Map.of(), RETRIES));
        return Stream.concat(kinds.flatMap(this::crossed), Stream.of(damagedCopy(), garbage()));
    }

    /** Shown by the campaign and not mended yet: damage after the verification is not found before the clone is dropped. */
    private static Plan damagedCopy() {
        Step verification = Step.during("verify-functionality", "userTask_verifyFunctionality");
        return Plan.goodUpgrade(
                "the durable copy is damaged after it was verified", RETRIES, at(verification, Faults.dumpTruncated()));
    }

    private static Plan garbage() {
        return Plan.faultyUpgrade(
                "the new version answers garbage, and is rolled back",
                "garbage",
                at(Step.during("restore-databases", "serviceTask_restoreDatabases"), Faults.engineKilled()));
    }

    /** Lazily: the first run must be over before the others are known. */
    private Stream<Plan> crossed(Function<String, Plan> kind) {
        Plan plain = kind.apply("");
        String title = plain.procedure() + (plain.end() == null ? "" : " to " + plain.end());
        return Stream.concat(
                Stream.of(kind.apply(title)),
                Stream.of(title).flatMap(key -> withFaults(kind, key, traces.getOrDefault(key, List.of())).stream()));
    }

    private static List<Plan> withFaults(Function<String, Plan> kind, String title, List<Step> steps) {
        List<Plan> plans = new ArrayList<>();
        List<Step> moments = steps.stream().flatMap(LongForm::moments).toList();
        for (Supplier<Fault> fault : HEALING) {
            for (int from = 0; from < moments.size(); from += TOGETHER) {
                List<Strike> strikes = moments.subList(from, Math.min(moments.size(), from + TOGETHER)).stream()
                        .map(step -> at(step, fault.get()))
                        .toList();
                plans.add(kind.apply(title + ": " + strikes.get(0).fault.name() + " from " + moments.get(from))
                        .with(strikes));
            }
        }
        for (Supplier<Fault> fault : ASKING) {
            for (Step step : steps) {
                Strike strike = at(step, fault.get());
                plans.add(kind.apply(title + ": " + strike.fault.name() + " " + step)
                        .with(List.of(strike))
                        .endingAnyhow());
            }
        }
        return plans;
    }

    /** Before and during: after one step is before the next. */
    private static Stream<Step> moments(Step step) {
        return step.isService()
                ? Stream.of(new Step(step.process(), step.activity(), Moment.BEFORE), step)
                : Stream.of(step);
    }
}
