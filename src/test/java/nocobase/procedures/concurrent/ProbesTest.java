package nocobase.procedures.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Looks that hang, and those that must not notice. Time passes when the test says so. */
class ProbesTest {

    private static final int AT_ONCE = 2;
    private static final int HANGING = 3;

    private final AtomicLong nanos = new AtomicLong();
    private final Probes probes = new Probes("probes-test-", AT_ONCE, HANGING, nanos::get);
    private final CountDownLatch answered = new CountDownLatch(1);
    private final AtomicInteger begun = new AtomicInteger();
    private final Set<String> seen = ConcurrentHashMap.newKeySet();

    @AfterEach
    void close() {
        answered.countDown();
        probes.close();
    }

    @Test
    void noThingIsLookedAtTwiceAtATime() {
        assertThat(hang("dead")).isTrue();
        assertThat(hang("dead")).isFalse();
        await().until(() -> begun.get() == 1);
        answered.countDown();
        await().until(() -> hang("dead"));
    }

    @Test
    void moreThanThePlacesWaitAndAreDoneLater() {
        hang("one");
        hang("two");
        see("three");
        await().until(() -> begun.get() == AT_ONCE);
        assertThat(seen).isEmpty();
        answered.countDown();
        await().until(() -> seen.contains("three"));
    }

    @Test
    void looksThatHangGiveTheirPlaces() {
        hang("one");
        hang("two");
        see("three");
        await().until(() -> begun.get() == AT_ONCE);
        patienceEnds();
        probes.goOn();
        await().until(() -> seen.contains("three"));
    }

    @Test
    void thoseThatHangAreBoundedInNumber() {
        for (int i = 0; i < 3 * (AT_ONCE + HANGING); i++) {
            hang("dead-" + i);
            patienceEnds();
            probes.goOn();
        }
        await().until(() -> begun.get() == AT_ONCE + HANGING);
        patienceEnds();
        probes.goOn();
        assertThat(begun).hasValue(AT_ONCE + HANGING);
        answered.countDown();
        await().until(() -> begun.get() == 3 * (AT_ONCE + HANGING));
    }

    /** However many are dead: from the second round on the living have all places to themselves. */
    @Test
    void whatHungLastTakesNobodysPlaceAnyMore() {
        CountDownLatch firstRound = new CountDownLatch(1);
        int dead = AT_ONCE + HANGING;
        for (int i = 0; i < dead; i++) {
            look("dead-" + i, firstRound);
            patienceEnds();
            probes.goOn();
        }
        await().until(() -> begun.get() == dead);
        patienceEnds();
        firstRound.countDown();
        for (int i = 0; i < dead; i++) {
            String thing = "dead-" + i;
            await().until(() -> look(thing, answered));
        }
        await().until(() -> begun.get() == dead + HANGING);

        for (int i = 0; i < 10; i++) {
            see("alive-" + i);
        }
        await().until(() -> seen.size() == 10);
        assertThat(begun).hasValue(dead + HANGING);
    }

    @Test
    void whatAnswersInTimeAgainIsOneOfTheLivingAgain() {
        CountDownLatch first = new CountDownLatch(1);
        look("once dead", first);
        await().until(() -> begun.get() == 1);
        patienceEnds();
        first.countDown();
        await().until(() -> probes.look("once dead", () -> seen.add("once dead")));
        await().until(() -> seen.contains("once dead"));
        for (int i = 0; i < HANGING; i++) {
            hang("dead-" + i);
            patienceEnds();
            probes.goOn();
        }
        await().until(() -> begun.get() == 1 + HANGING);
        seen.clear();
        await().until(() -> probes.look("once dead", () -> seen.add("once dead")));
        await().until(() -> seen.contains("once dead"));
    }

    @Test
    void aLookThatThrowsLeavesItsPlace() {
        for (int i = 0; i < 3 * AT_ONCE; i++) {
            probes.look("broken-" + i, () -> {
                begun.incrementAndGet();
                throw new IllegalStateException("as ordered");
            });
        }
        await().dontCatchUncaughtExceptions().until(() -> begun.get() == 3 * AT_ONCE);
        see("other");
        await().dontCatchUncaughtExceptions().until(() -> seen.contains("other"));
    }

    private boolean hang(String thing) {
        return look(thing, answered);
    }

    private boolean look(String thing, CountDownLatch until) {
        return probes.look(thing, () -> {
            begun.incrementAndGet();
            try {
                until.await();
            } catch (InterruptedException closed) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void see(String thing) {
        probes.look(thing, () -> seen.add(thing));
    }

    private void patienceEnds() {
        nanos.addAndGet(Probes.PATIENCE.toNanos() + 1);
    }
}
