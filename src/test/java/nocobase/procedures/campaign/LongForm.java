package nocobase.procedures.campaign;

import static nocobase.procedures.campaign.Strike.at;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import nocobase.procedures.campaign.DockerDoor.Mode;
import nocobase.procedures.campaign.Stage.Setting;
import nocobase.procedures.campaign.Step.Moment;

/**
 * The long form. Each procedure runs once without a fault; then the engine is killed before and during each step that it went
 * through (after one step is before the next), and the faults that heal by themselves strike at each of them too, several in
 * one run. {@link Scenes} has the faults that a person must mend, where they tell something.
 */
final class LongForm {

    /** So many strikes in one run: a portion of eight minutes holds it. */
    private static final int TOGETHER = 14;

    private static final Duration OUTAGE = Duration.ofSeconds(10);

    /** Each strike may cost one. */
    static final int RETRIES = 40;

    private static final List<Supplier<Fault>> HEALING = List.of(
            () -> Faults.engineDatabaseAway(OUTAGE),
            () -> Faults.nocoBasesDatabaseAway(OUTAGE),
            () -> Faults.balancerDead(OUTAGE),
            () -> Faults.docker(Mode.SLOW, OUTAGE),
            () -> Faults.docker(Mode.SILENT, OUTAGE),
            () -> Faults.docker(Mode.ERRORS, OUTAGE),
            () -> Faults.docker(Mode.GONE, OUTAGE));

    private static final List<Function<String, Plan>> KINDS = List.of(
            title -> Plan.goodUpgrade(title, RETRIES),
            title -> Plan.faultyUpgrade(title, "broken-migration").retrying(RETRIES),
            title -> Plan.of(title, "in-app-maintenance", Setting.SERVED, Plan.MAINTENANCE, RETRIES),
            title -> Plan.of(title, "return-to-service", Setting.SERVED, Map.of(), RETRIES),
            title -> Plan.of(title, "first-start", Setting.NEVER_STARTED, Map.of(), RETRIES));

    private final Results results;

    LongForm(Results results) {
        this.results = results;
    }

    /** Each run when the one before is over: it may have shown the steps for the next. */
    Iterator<Plan> plans() {
        Deque<Supplier<List<Plan>>> later = new ArrayDeque<>();
        KINDS.forEach(kind -> {
            Plan nameless = kind.apply("");
            String title = nameless.procedure() + (nameless.end() == null ? "" : " to " + nameless.end());
            later.add(() -> List.of(kind.apply(title)));
            later.add(() -> withFaults(kind, title, results.steps(title)));
        });
        later.add(() -> Scenes.plans().toList());
        return new Iterator<>() {

            private final Deque<Plan> next = new ArrayDeque<>();

            @Override
            public boolean hasNext() {
                while (next.isEmpty() && !later.isEmpty()) {
                    later.poll().get().stream().filter(results::wanted).forEach(next::add);
                }
                return !next.isEmpty() && results.timeLeft();
            }

            @Override
            public Plan next() {
                return next.remove();
            }
        };
    }

    private static List<Plan> withFaults(Function<String, Plan> kind, String title, List<Step> steps) {
        List<Plan> plans = new ArrayList<>();
        for (int turn = 0; turn < 2; turn++) {
            List<Strike> strikes = new ArrayList<>();
            for (int i = 0; i < steps.size(); i++) {
                strikes.add(at(moment(steps.get(i), (i + turn) % 2 == 0), Faults.engineKilled()));
            }
            plans.addAll(portions(kind, title + ": engine killed, turn " + (turn + 1), strikes));
        }
        for (int turn = 0; turn < HEALING.size(); turn++) {
            List<Strike> strikes = new ArrayList<>();
            for (int i = 0; i < steps.size(); i++) {
                Fault fault = HEALING.get((i + turn) % HEALING.size()).get();
                strikes.add(at(moment(steps.get(i), (i + turn) % 2 == 0), fault));
            }
            plans.addAll(portions(kind, title + ": everything that heals, turn " + (turn + 1), strikes));
        }
        return plans;
    }

    private static List<Plan> portions(Function<String, Plan> kind, String title, List<Strike> strikes) {
        List<Plan> plans = new ArrayList<>();
        for (int from = 0; from < strikes.size(); from += TOGETHER) {
            List<Strike> some = strikes.subList(from, Math.min(strikes.size(), from + TOGETHER));
            plans.add(kind.apply(title + ", from " + some.get(0).step).with(some));
        }
        return plans;
    }

    private static Step moment(Step step, boolean before) {
        return step.isService() && before ? new Step(step.process(), step.activity(), Moment.BEFORE) : step;
    }
}
