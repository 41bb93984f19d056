package nocobase.procedures.process.wait;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nocobase.procedures.MovableClock;
import nocobase.procedures.cluster.Cluster;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.MayHealException;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.process.NoTransactions;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.StepNames;
import nocobase.procedures.process.Variables;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.spin.plugin.variable.value.JsonValue;
import org.junit.jupiter.api.Test;

/** How long a look waits for something that is away before a person is asked. */
class ConditionProbeTest {

    private static final WaitingStep STEP = new WaitingStep(
            "execution",
            "instance",
            "definition",
            "activity",
            OperationId.next("alpha").value(),
            "something",
            Map.of(Variables.CLUSTER, "alpha"));
    private static final Duration ALMOST = Duration.ofSeconds(29);

    private final MovableClock clock = new MovableClock(Instant.parse("2027-01-10T02:00:00Z"));
    private final LastSeen lastSeen = new LastSeen();
    private final List<Map<String, Object>> outcomes = new ArrayList<>();
    private final ConditionProbe probe = new ConditionProbe(
            List.of(new Balancer()),
            new NoClusters(),
            operation -> true,
            runtimeService(),
            lastSeen,
            mock(StepNames.class),
            clock,
            new NoTransactions());
    private boolean away = true;

    @Test
    void whatComesBackAsksNobody() {
        assertThat(probe.look(STEP)).isFalse();
        assertThat(lastSeen.of("instance").orElseThrow()).contains("The balancer does not run.", "Waiting for it");
        pass(ALMOST);
        away = false;
        assertThat(probe.look(STEP)).isFalse();

        away = true;
        clock.advance(ALMOST);
        assertThat(probe.look(STEP)).as("it is away for the first time again").isFalse();
        assertThat(outcomes).isEmpty();
    }

    @Test
    void whatDoesNotComeBackIsAPersonsAffair() {
        probe.look(STEP);
        pass(ALMOST);
        clock.advance(Duration.ofSeconds(1));
        assertThat(probe.look(STEP)).isTrue();
        assertThat(outcomes).singleElement().satisfies(outcome -> {
            assertThat(outcome).containsEntry(Variables.OUTCOME, Variables.FAILED);
            assertThat(((JsonValue) outcome.get(Variables.FAILURE)).getValueSerialized())
                    .contains("The balancer does not run.");
        });
    }

    /** Between the tries it is waited for: that is no sign that all is well. */
    @Test
    void whatFailsAtEachTryIsAPersonsAffair() {
        for (int second = 0; second < 30; second++) {
            away = second % 2 == 0;
            assertThat(probe.look(STEP)).isFalse();
            clock.advance(Duration.ofSeconds(1));
        }
        away = true;
        assertThat(probe.look(STEP)).isTrue();
    }

    @Test
    void aStepThatIsOverIsForgotten() {
        probe.look(STEP);
        pass(ALMOST);
        clock.advance(Duration.ofSeconds(1));
        probe.retain(Set.of());
        assertThat(probe.look(STEP)).isFalse();
    }

    /** Looking every second, as the watcher does. */
    private void pass(Duration duration) {
        for (long second = 0; second < duration.toSeconds(); second++) {
            clock.advance(Duration.ofSeconds(1));
            assertThat(probe.look(STEP)).isFalse();
        }
    }

    private final class Balancer implements Condition {

        @Override
        public String message() {
            return "something";
        }

        @Override
        public Progress<Map<String, Object>> look(Step step) {
            if (away) {
                throw new MayHealException(Failure.of("The balancer does not run.", "Start it."));
            }
            return Progress.pending("not yet");
        }
    }

    private static final class NoClusters implements Clusters {

        @Override
        public Cluster find(String name) {
            return null;
        }

        @Override
        public List<Cluster> all() {
            return List.of();
        }
    }

    /** Takes the messages that would send the step on. */
    @SuppressWarnings("unchecked")
    private RuntimeService runtimeService() {
        return (RuntimeService) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {RuntimeService.class}, (proxy, method, arguments) -> {
                    outcomes.add((Map<String, Object>) arguments[2]);
                    return null;
                });
    }
}
