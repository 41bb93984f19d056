package nocobase.procedures.process.wait;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.concurrent.Signal;
import nocobase.procedures.process.NoTransactions;
import nocobase.procedures.process.Step;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The pace of the watcher's looks: each condition's own, whatever else waits, and never more than a tenth of a core. */
class ConditionWatcherTest {

    /** Between one and two of the watcher's former beats of 250 ms. */
    private static final Duration INTERVAL = Duration.ofMillis(300);

    private static final Duration NEARLY = Duration.ofMillis(400);
    private static final int LOOKS = 8;
    private static final Duration SLOW_QUERY = Duration.ofMillis(20);

    private final Map<String, List<Long>> looks = new ConcurrentHashMap<>();
    private final CountDownLatch answered = new CountDownLatch(1);
    private final AtomicInteger queries = new AtomicInteger();
    private final Signal signal = new Signal();
    private volatile boolean hanging;
    private volatile boolean slow;
    private final ConditionWatcher watcher =
            new ConditionWatcher(new TwoSteps(), new RecordingProbe(), new LastSeen(), signal, true);

    private final class TwoSteps extends WaitingSteps {

        TwoSteps() {
            super(null);
        }

        @Override
        List<WaitingStep> find() {
            queries.incrementAndGet();
            if (slow) {
                await(SLOW_QUERY);
            }
            return List.of(step("alpha"), step("beta"));
        }
    }

    private final class RecordingProbe extends ConditionProbe {

        RecordingProbe() {
            super(
                    List.of(new Unhurried()),
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
            looks.computeIfAbsent(step.execution(), execution -> new CopyOnWriteArrayList<>())
                    .add(System.nanoTime());
            if (hanging && step.execution().equals("alpha")) {
                await(Duration.ofSeconds(60));
            }
            return false;
        }
    }

    private static final class Unhurried implements Condition {

        @Override
        public String message() {
            return "something";
        }

        @Override
        public Duration interval() {
            return INTERVAL;
        }

        @Override
        public Progress<Map<String, Object>> look(Step step) {
            throw new UnsupportedOperationException();
        }
    }

    @AfterEach
    void stop() {
        answered.countDown();
        watcher.stop();
    }

    @Test
    void looksAtTheConditionsOwnPace() {
        watcher.start();
        assertThat(medianGap("alpha")).isBetween(INTERVAL.minusMillis(20), NEARLY);
        assertThat(medianGap("beta")).isBetween(INTERVAL.minusMillis(20), NEARLY);
    }

    @Test
    void aHostThatDoesNotAnswerDelaysNobodyElse() {
        hanging = true;
        watcher.start();
        assertThat(medianGap("beta")).isLessThan(NEARLY);
        assertThat(looks.get("alpha")).as("one look at a time").hasSize(1);
    }

    /** Hundreds of steps that begin to wait ring hundreds of times. */
    @Test
    void restsHoweverOftenItIsRung() {
        slow = true;
        watcher.start();
        long end = System.nanoTime() + Duration.ofSeconds(2).toNanos();
        while (System.nanoTime() < end) {
            signal.ring();
            await(Duration.ofMillis(1));
        }
        // 2 s hold ten looks of 20 ms with nine times as long between them.
        assertThat(queries.get()).isBetween(5, 12);
    }

    private Duration medianGap(String step) {
        Awaitility.await(LOOKS + " looks at " + step)
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> looks.getOrDefault(step, List.of()).size() > LOOKS);
        List<Long> times = looks.get(step);
        List<Long> gaps = new ArrayList<>();
        for (int look = 1; look <= LOOKS; look++) {
            gaps.add(times.get(look) - times.get(look - 1));
        }
        Collections.sort(gaps);
        return Duration.ofNanos(gaps.get(LOOKS / 2));
    }

    private void await(Duration time) {
        try {
            answered.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static WaitingStep step(String name) {
        return new WaitingStep(name, name, name, name, name, "something", Map.of());
    }
}
