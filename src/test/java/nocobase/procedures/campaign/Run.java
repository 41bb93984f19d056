package nocobase.procedures.campaign;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nocobase.procedures.Person.Task;
import nocobase.procedures.campaign.Fault.Healed;
import nocobase.procedures.campaign.Fault.Tolerated;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** One procedure from its start to its end, with people answering and faults striking on the way. */
final class Run {

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration LIMIT_PER_FAULT = Duration.ofMinutes(1);
    /** The engine is back at the same step so soon after its restart. */
    private static final Duration BACK = Duration.ofSeconds(60);

    /** And goes on so soon after what heals by itself has healed, waits included. */
    private static final Duration AGAIN = Duration.ofSeconds(60);

    private static final Duration JUST = Duration.ofSeconds(10);

    /** What a version that was made faulty asks about has nothing to do with the blow that fell meanwhile. */
    static final String FAULT_OF_THE_VERSION = "records were emptied";

    final String title;
    final String procedure;
    final List<Strike> strikes;
    final List<String> operations = new ArrayList<>();
    final Attendants people;

    private final Stage stage;
    private final Map<String, Object> answers;
    private final List<String> breaches = Collections.synchronizedList(new ArrayList<>());
    private Instant startedAt;
    private boolean abandoned;
    private String end = "no end";

    Run(Stage stage, Plan plan, Map<String, Object> answers) {
        this.stage = stage;
        this.title = plan.title();
        this.procedure = plan.procedure();
        this.answers = answers;
        this.strikes = plan.strikes();
        this.people = new Attendants(stage, plan.retries());
    }

    /** Runs it, and looks at everything afterwards. @return the breaches of invariants */
    List<String> go(Results results) {
        DataPicture data = DataPicture.of(stage.scene);
        NodeRecord nodes = new NodeRecord(stage.scene.docker);
        Clients clients = new Clients(stage.scene.docker.balancerUrl());
        ClaimWatch claims = new ClaimWatch(stage.engineDatabase);
        try (nodes;
                clients;
                claims) {
            drive();
        }
        breaches.addAll(stage.takeBreaches());
        try {
            breaches.addAll(new Invariants(stage, this).breaches(data, nodes, clients.periods(), claims));
        } catch (RuntimeException e) {
            breaches.add("the invariants cannot be looked at: " + e);
        }
        strikes.stream()
                .filter(this::lateAgain)
                .forEach(strike -> breaches.add(strike.fault.name() + " " + strike.step
                        + ": mended, but it goes on only after more than " + AGAIN.toSeconds() + " s"));
        strikes.stream()
                .filter(strike -> strike.recoveredAt == null && !strike.missed())
                .map(strike -> strike.outcome(procedure).line())
                .forEach(breaches::add);
        if (end.equals("no end") || procedure.equals("first-start")) {
            stage.spoil();
        }
        if (strikes.isEmpty() && breaches.isEmpty()) {
            results.keepSteps(title, Trace.of(stage, operations.get(0)));
        }
        results.add(this, Duration.between(startedAt, Instant.now()), data.size(), breaches);
        return breaches;
    }

    /** Name of the end event. */
    String end() {
        return end;
    }

    Instant startedAt() {
        return startedAt;
    }

    boolean tolerates(Tolerated what, Instant moment, Duration grace) {
        return strikes.stream().anyMatch(strike -> strike.fault.tolerates(what) && strike.covers(moment, grace));
    }

    private void drive() {
        strikes.stream().map(strike -> strike.step).filter(Step::stopsToken).forEach(stage.breakpoints::set);
        startedAt = Instant.now();
        Duration limit = LIMIT.plus(LIMIT_PER_FAULT.multipliedBy(strikes.size()));
        begin(procedure, answers);
        try {
            Awaitility.await("the end of " + procedure)
                    .atMost(limit)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(20))
                    .until(this::lookAround);
        } catch (ConditionTimeoutException e) {
            breaches.add("does not end within " + limit.toSeconds() + " s; it stands at " + position());
        } catch (RuntimeException | AssertionError e) {
            breaches.add("stopped at " + position() + " by " + e);
        } finally {
            strikes.stream()
                    .filter(strike -> strike.struckAt != null && !strike.healed())
                    .forEach(strike -> strike.fault.heal().on(stage));
            strikes.stream().map(strike -> strike.step).filter(Step::stopsToken).forEach(stage.breakpoints::release);
        }
    }

    private void begin(String started, Map<String, Object> given) {
        stage.scene.start(stage.scene.olga, started, given);
        operations.add(stage.scene.operation());
    }

    private List<String> position() {
        return stage
                .engineDatabase
                .rows(
                        "select d.key_ || '/' || coalesce(e.act_id_, '?') from act_ru_execution e"
                                + " join act_re_procdef d on d.id_ = e.proc_def_id_ where e.act_id_ is not null and e.is_active_")
                .stream()
                .map(row -> row.get(0))
                .toList();
    }

    /** @return whether the procedure has ended */
    private boolean lookAround() {
        strikes.stream().filter(this::dueToBeMended).forEach(this::mend);
        Optional<Strike> open = strikes.stream().filter(Strike::open).findFirst();
        if (open.isPresent()) {
            follow(open.get());
        } else {
            strikes.stream()
                    .filter(Strike::pending)
                    .filter(this::due)
                    .findFirst()
                    .ifPresent(this::strike);
        }
        attend();
        return ended();
    }

    private boolean due(Strike strike) {
        Step step = strike.step;
        return switch (step.moment()) {
            case BEFORE -> stage.breakpoints.arrived(step);
            case DURING -> step.stopsToken() ? stage.breakpoints.arrived(step) : stage.breakpoints.waits(step);
            case AFTER -> stage.breakpoints.ended(operation(), step).isPresent();
        };
    }

    private void strike(Strike strike) {
        Step step = strike.step;
        if (step.stopsToken() && step.moment() == Step.Moment.DURING) {
            stage.breakpoints.release(step);
            Awaitility.await(step + " has begun")
                    .atMost(Duration.ofSeconds(10))
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> stage.breakpoints.begun(step));
        }
        strike.struckFrom = Instant.now();
        strike.fault.strike().on(stage);
        strike.struckAt = Instant.now();
        if (step.moment() == Step.Moment.BEFORE) {
            stage.breakpoints.release(step);
        }
        if (strike.fault.healed() == Healed.AT_ONCE) {
            strike.healedAt = strike.struckAt;
        }
        System.out.println("campaign: " + operation() + ": " + strike.fault.name() + " " + step);
    }

    private boolean dueToBeMended(Strike strike) {
        return strike.struckAt != null
                && !strike.healed()
                && strike.fault.healed() == Healed.IN_TIME
                && !Instant.now().isBefore(strike.struckAt.plus(strike.fault.lasts()));
    }

    private void follow(Strike strike) {
        recovered(strike).ifPresent(moment -> strike.recoveredAt = moment);
    }

    private void mend(Strike strike) {
        strike.mendedFrom = Instant.now();
        strike.fault.heal().on(stage);
        strike.healedAt = Instant.now();
        if (strike.step.moment() == Step.Moment.BEFORE) {
            // Where the engine's database was away nothing could be released.
            stage.breakpoints.release(strike.step);
        }
        Duration took = Duration.between(strike.mendedFrom, strike.healedAt);
        if (took.compareTo(BACK) > 0) {
            breaches.add(strike.fault.name() + " " + strike.step + ": back only after " + took.toSeconds() + " s");
        }
    }

    private Optional<Instant> recovered(Strike strike) {
        if (strike.fault.over() != null) {
            return strike.healed() && strike.fault.over().test(stage) ? Optional.of(Instant.now()) : Optional.empty();
        }
        if (strike.fault.tolerates(Tolerated.DELETED)) {
            return abandoned ? Optional.of(Instant.now()) : Optional.empty();
        }
        if (strike.fault.healed() == Healed.WHEN_ASKED && strike.asked == null) {
            // Nobody was asked and that part of the procedure is over: it went on by itself.
            return stage.breakpoints.ended(operation(), strike.step.process()).filter(strike.struckAt::isBefore);
        }
        if (strike.step.activity().startsWith("userTask_") && strike.fault.healed() == Healed.IN_TIME) {
            return strike.healed() && reachable() ? Optional.of(Instant.now()) : Optional.empty();
        }
        Instant since = strike.fault.healed() == Healed.WHEN_ASKED ? strike.healedAt : strike.struckAt;
        return stage.breakpoints
                .firstMoved(operation(), since)
                .or(() -> tooLate(strike))
                .or(() -> heldByTheNext(strike));
    }

    /** The step was over before the blow fell, and the next one waits for its own. */
    private Optional<Instant> heldByTheNext(Strike strike) {
        return strike.fault.healed() == Healed.IN_TIME
                        && strike.healed()
                        && strikes.stream()
                                .filter(next -> next.pending() && !next.step.sameActivity(strike.step))
                                .anyMatch(next -> next.step.stopsToken() && stage.breakpoints.arrived(next.step))
                ? Optional.of(strike.healedAt)
                : Optional.empty();
    }

    /** The last step, and the procedure with it, was over before the blow fell: nothing was left to go on. */
    private Optional<Instant> tooLate(Strike strike) {
        return stage.breakpoints
                .ended(operation(), procedure)
                .filter(over -> strike.healed() && reachable())
                .map(over -> strike.healedAt);
    }

    private boolean lateAgain(Strike strike) {
        return strike.fault.healed() == Healed.IN_TIME
                && strike.asked == null
                && strike.healed()
                && strike.recoveredAt != null
                && strike.recoveredAt.isAfter(strike.healedAt.plus(AGAIN));
    }

    private boolean reachable() {
        try {
            stage.scene.olga.tasks();
            return true;
        } catch (AssertionError e) {
            return false;
        }
    }

    /** People wait while the engine does not answer. */
    private void attend() {
        boolean silent = strikes.stream()
                .anyMatch(
                        strike -> strike.open() && !strike.healed() && strike.fault.tolerates(Tolerated.SILENT_ENGINE));
        if (silent) {
            return;
        }
        try {
            abandoned |= people.attend(this::awaitsStrike, this::asked);
        } catch (AssertionError e) {
            if (!(e.getCause() instanceof IOException)) {
                throw e;
            }
        }
    }

    private boolean awaitsStrike(Task task) {
        return strikes.stream()
                .anyMatch(strike -> strike.step.isTask(task.key())
                        && (strike.pending() || strike.open() && strike.fault.over() != null));
    }

    /** The person mends what is asked about, where it is a person's to mend. */
    private void asked(String text) {
        // The step may have gone on before the fault was over, and the next blow fallen: who may be asked about comes
        // first.
        strikes.stream()
                .filter(strike -> strike.struckAt != null && !strike.healed())
                .filter(strike -> strike.fault.tolerates(Tolerated.QUESTION))
                .findFirst()
                .or(() -> strikes.stream().filter(Strike::open).findFirst())
                .or(() -> strikes.stream()
                        .filter(strike -> strike.struckAt != null && !strike.healed())
                        .findFirst())
                .or(this::justHealed)
                .filter(strike -> !text.contains(FAULT_OF_THE_VERSION))
                .ifPresent(strike -> asked(strike, text));
    }

    /** Its step may have ended with a failure, which looks as if it had gone on. */
    private Optional<Strike> justHealed() {
        return strikes.stream()
                .filter(strike -> strike.healedAt != null
                        && strike.fault.healed() == Healed.IN_TIME
                        && Instant.now().isBefore(strike.healedAt.plus(JUST)))
                .reduce((earlier, later) -> later);
    }

    private void asked(Strike strike, String text) {
        strike.asked = text;
        // Whoever has just asked for a procedure is told at once why it cannot be planned; clients are served.
        boolean planning = text.startsWith(Attendants.PLANNING);
        if (strike.fault.healed() == Healed.IN_TIME && !strike.fault.tolerates(Tolerated.QUESTION) && !planning) {
            breaches.add(
                    strike.fault.name() + " " + strike.step + ": a person was asked for what heals by itself: " + text);
        } else if (!strike.healed()) {
            strike.recoveredAt = null;
            mend(strike);
        }
    }

    private boolean ended() {
        List<List<String>> found = stage.engineDatabase.rows("select state_, end_act_id_ from act_hi_procinst"
                + " where business_key_ = '" + operation() + "' and super_process_instance_id_ is null");
        if (found.isEmpty() || found.get(0).get(0).equals("ACTIVE")) {
            return false;
        }
        if (!found.get(0).get(0).equals("COMPLETED")) {
            return deleted();
        }
        end = String.valueOf(found.get(0).get(1)).replace("endEvent_", "");
        return strikes.stream().noneMatch(Strike::open);
    }

    /** Operators are told, and bring the cluster back into service. */
    private boolean deleted() {
        if (abandoned && operations.size() == 1) {
            follow(strikes.stream().filter(Strike::open).findFirst().orElseThrow());
            begin("return-to-service", Map.of());
        }
        return false;
    }

    private String operation() {
        return operations.get(operations.size() - 1);
    }
}
