package nocobase.procedures.process.claim;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Scale;
import nocobase.procedures.process.claim.NodeLimits.NodeLimit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The pace of the guard's looks: an intruder is seen within a second, whatever other clusters' hosts do. */
class NodeGuardWatchTest {

    private static final Duration WITHIN = Duration.ofSeconds(1);
    private static final int LOOKS = 6;

    private final List<NodeLimit> limits = new CopyOnWriteArrayList<>(List.of(limit("alpha"), limit("beta")));
    private final Map<String, List<Long>> looks = new ConcurrentHashMap<>();
    private final CountDownLatch answered = new CountDownLatch(1);
    private volatile boolean hanging;
    private final List<Duration> idle = new CopyOnWriteArrayList<>();
    private final Semaphore changed = new Semaphore(0);
    private final NodeGuardWatch watch = new NodeGuardWatch(new RecordingGuard(), new RecordingLimits(), true);

    /** Lets the watch wait until the test has changed a limit, however long it meant to. */
    private final class RecordingLimits extends NodeLimits {

        RecordingLimits() {
            super(null, null);
        }

        @Override
        void awaitChange(Duration atMost) throws InterruptedException {
            idle.add(atMost);
            changed.acquire();
        }
    }

    private final class RecordingGuard extends NodeGuard {

        RecordingGuard() {
            super(null, null, null, operation -> true, null);
        }

        @Override
        public List<NodeLimit> limits() {
            return limits;
        }

        @Override
        public void look(NodeLimit limit) {
            looks.computeIfAbsent(limit.cluster(), cluster -> new CopyOnWriteArrayList<>())
                    .add(System.nanoTime());
            if (hanging && limit.cluster().equals("alpha")) {
                try {
                    answered.await(60, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    @AfterEach
    void stop() {
        answered.countDown();
        watch.stop();
        assertThat(watch.isRunning()).isFalse();
    }

    @Test
    void looksMoreOftenThanOnceASecond() {
        watch.start();
        awaitLooks("alpha");
        awaitLooks("beta");
        for (String cluster : List.of("alpha", "beta")) {
            assertThat(typicalPause(cluster)).as(cluster).isLessThan(WITHIN);
        }
    }

    @Test
    void aHostThatDoesNotAnswerHoldsNoOtherClustersLooks() {
        hanging = true;
        watch.start();
        awaitLooks("beta");
        assertThat(typicalPause("beta")).isLessThan(WITHIN);
        assertThat(looks.get("alpha"))
                .as("asked once, and not again before it answers")
                .hasSize(1);
        hanging = false;
        answered.countDown();
        awaitLooks("alpha");
    }

    @Test
    void whileNothingIsLimitedItRestsAndAChangeWakesIt() {
        List<NodeLimit> later = List.copyOf(limits);
        limits.clear();
        watch.start();
        Awaitility.await().until(() -> idle.size() == 1);
        changed.release();
        Awaitility.await().until(() -> idle.size() == 2);
        assertThat(idle).allSatisfy(pause -> assertThat(pause).isGreaterThanOrEqualTo(Duration.ofSeconds(5)));
        assertThat(looks).isEmpty();

        limits.addAll(later);
        changed.release();
        awaitLooks("alpha");
        assertThat(idle).hasSize(2);
    }

    @Test
    void doesNotLookWhereTheEngineIsToldNotTo() {
        NodeGuardWatch off = new NodeGuardWatch(new RecordingGuard(), new RecordingLimits(), false);
        off.start();
        assertThat(off.isRunning()).isFalse();
        off.stop();
        assertThat(looks).isEmpty();
    }

    private void awaitLooks(String cluster) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> looks.getOrDefault(cluster, List.of()).size() >= LOOKS);
    }

    /** The middle one: a busy machine may hold up a single look. */
    private Duration typicalPause(String cluster) {
        List<Long> moments = looks.get(cluster);
        List<Long> pauses = new ArrayList<>();
        for (int i = 1; i < moments.size(); i++) {
            pauses.add(moments.get(i) - moments.get(i - 1));
        }
        pauses.sort(null);
        return Duration.ofNanos(pauses.get(pauses.size() / 2));
    }

    private static NodeLimit limit(String cluster) {
        return new NodeLimit(cluster, new OperationId(cluster + "-abcd2345"), Scale.Size.FIRST, Instant.EPOCH);
    }
}
