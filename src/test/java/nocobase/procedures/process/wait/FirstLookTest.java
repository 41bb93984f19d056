package nocobase.procedures.process.wait;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.concurrent.Signal;
import nocobase.procedures.process.NoTransactions;
import nocobase.procedures.process.Step;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nothing is decided by a time limit before somebody has looked, after a start. */
class FirstLookTest {

    private final CountDownLatch looking = new CountDownLatch(1);
    private final CountDownLatch hostAnswers = new CountDownLatch(1);
    private final LastSeen lastSeen = new LastSeen();
    private final ConditionWatcher watcher =
            new ConditionWatcher(new OneStep(), new SlowProbe(), lastSeen, new Signal(), true);

    @AfterEach
    void stop() {
        hostAnswers.countDown();
        watcher.stop();
    }

    @Test
    void itIsAwaited() throws InterruptedException {
        watcher.start();
        CompletableFuture<Void> runner = CompletableFuture.runAsync(() -> new FirstLook(watcher).run(null));
        assertThat(looking.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(runner).isNotDone();

        hostAnswers.countDown();
        Awaitility.await().atMost(Duration.ofSeconds(4)).until(runner::isDone);
        assertThat(lastSeen.of("instance")).contains("not yet");
    }

    @Test
    void aHostThatHangsDoesNotKeepTheEngineFromStarting() throws InterruptedException {
        watcher.start();
        Instant begun = Instant.now();
        watcher.awaitFirstLooks(Duration.ofMillis(300));
        assertThat(Duration.between(begun, Instant.now())).isBetween(Duration.ofMillis(300), Duration.ofSeconds(3));
    }

    private static final class OneStep extends WaitingSteps {

        OneStep() {
            super(null);
        }

        @Override
        List<WaitingStep> find() {
            return List.of(new WaitingStep(
                    "execution", "instance", "definition", "activity", "alpha-12345678", "something", Map.of()));
        }
    }

    private final class SlowProbe extends ConditionProbe {

        SlowProbe() {
            super(
                    List.of(new Something()),
                    null,
                    operation -> true,
                    null,
                    null,
                    null,
                    Clock.systemUTC(),
                    new NoTransactions());
        }

        @Override
        boolean look(WaitingStep step) {
            looking.countDown();
            try {
                hostAnswers.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
            lastSeen.put(step.processInstance(), "not yet");
            return false;
        }
    }

    private static final class Something implements Condition {

        @Override
        public String message() {
            return "something";
        }

        @Override
        public Progress<Map<String, Object>> look(Step step) {
            return Progress.pending("not yet");
        }
    }
}
