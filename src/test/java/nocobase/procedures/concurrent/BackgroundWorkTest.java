package nocobase.procedures.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import nocobase.procedures.concurrent.BackgroundWork.Standing.Done;
import nocobase.procedures.concurrent.BackgroundWork.Standing.Failed;
import nocobase.procedures.concurrent.BackgroundWork.Standing.UnderWay;
import nocobase.procedures.concurrent.BackgroundWork.Work;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

/** Work that the test lets end. */
class BackgroundWorkTest {

    private static final String KEY = "take main-qtvgq3ky";
    private static final Duration LONG = Duration.ofSeconds(20);

    private final BackgroundWork<String> background = new BackgroundWork<>("background-test");
    private final CountDownLatch mayEnd = new CountDownLatch(1);
    private final AtomicInteger begun = new AtomicInteger();

    @AfterEach
    void close() {
        mayEnd.countDown();
        background.close();
    }

    @Test
    void isNeverDoneTwiceAtOnceAndTellsWhatItDoes() {
        Work<String> cloning = telling -> {
            begun.incrementAndGet();
            telling.accept("Cloning");
            mayEnd.await();
            return "cloned";
        };
        assertThat(background.ensure(KEY, cloning)).isInstanceOf(UnderWay.class);
        await().until(() -> background.ensure(KEY, cloning).equals(new UnderWay<>("Cloning")));
        background.launch(KEY, begun::incrementAndGet);
        assertThat(background.underWay(KEY)).isTrue();
        assertThat(background.takeFailure(KEY)).isEmpty();
        assertThat(begun).hasValue(1);
    }

    /** The next call is the retry that a person decided on. */
    @Test
    void tellsAResultOnceAndBeginsAnew() {
        background.ensure(KEY, telling -> "first");
        ended();
        assertThat(background.ensure(KEY, telling -> "second")).isEqualTo(new Done<>("first"));
        background.ensure(KEY, telling -> "second");
        ended();
        assertThat(background.ensure(KEY, telling -> "third")).isEqualTo(new Done<>("second"));
    }

    @Test
    void toldToWhoWaitedForItAResultIsTold() {
        assertThat(background.within(LONG, KEY, telling -> "first")).isEqualTo(new Done<>("first"));
        assertThat(background.ensure(KEY, this::waiting)).isInstanceOf(UnderWay.class);
    }

    @Test
    void whoHasWaitedLongEnoughLearnsWhatIsUnderWay() {
        assertThat(background.within(Duration.ZERO, KEY, this::waiting)).isInstanceOf(UnderWay.class);
        mayEnd.countDown();
        ended();
        assertThat(background.ensure(KEY, telling -> "not begun")).isEqualTo(new Done<>("waited"));
    }

    @Test
    void anEndThatNobodyAskedForIsForgottenByWhoWaits() {
        background.ensure(KEY, telling -> "first");
        ended();
        assertThat(background.within(LONG, KEY, telling -> "second")).isEqualTo(new Done<>("second"));
    }

    @Test
    void whoIsInterruptedWhileWaitingLearnsThatToo() {
        Thread.currentThread().interrupt();
        assertThat(background.within(LONG, KEY, this::waiting)).isInstanceOf(UnderWay.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    /** It is the state of what was worked on that tells: a container that runs, an image that is there. */
    @Test
    void launchedItForgetsASuccessAtOnce() {
        background.launch(KEY, begun::incrementAndGet);
        ended();
        background.launch(KEY, begun::incrementAndGet);
        ended();
        assertThat(begun).hasValue(2);
    }

    @Test
    void launchedItIsNotRepeatedBeforeItsFailureWasTold() {
        IllegalStateException refusal = new IllegalStateException("refused");
        background.launch(KEY, () -> {
            throw refusal;
        });
        ended();
        background.launch(KEY, begun::incrementAndGet);
        assertThat(begun).hasValue(0);
        assertThat(background.takeFailure(KEY)).containsSame(refusal);
        assertThat(background.takeFailure(KEY)).isEmpty();
        background.launch(KEY, begun::incrementAndGet);
        await().until(() -> begun.get() == 1);
    }

    @Test
    void whateverEndsItIsTold() {
        assertThat(failure(telling -> {
                    throw new UnsupportedOperationException("no");
                }))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThat(failure(telling -> {
                    throw new IOException("broken");
                }))
                .hasRootCauseInstanceOf(IOException.class);
        assertThat(failure(telling -> {
                    throw new StackOverflowError();
                }))
                .hasRootCauseInstanceOf(StackOverflowError.class);
    }

    @Test
    void keysDoNotWaitForEachOther() {
        background.ensure(KEY, this::waiting);
        assertThat(background.within(LONG, "other", telling -> "done")).isEqualTo(new Done<>("done"));
    }

    /** It had counted as under way for ever. */
    @Test
    void whatCannotBeginIsNotUnderWay() {
        background.close();
        assertThatThrownBy(() -> background.ensure(KEY, telling -> "never"))
                .isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> background.launch(KEY, begun::incrementAndGet))
                .isInstanceOf(RejectedExecutionException.class);
        assertThat(background.underWay(KEY)).isFalse();
    }

    @Test
    void itsThreadIsCalledAfterItAndLogsForTheCaller() {
        AtomicReference<String> seen = new AtomicReference<>();
        try (LogContext said = LogContext.of("main-qtvgq3ky", "Take restore point")) {
            background.within(LONG, KEY, telling -> {
                seen.set(Thread.currentThread().getName() + " for " + MDC.get("work") + " "
                        + Thread.currentThread().isDaemon());
                return "";
            });
        }
        assertThat(seen).hasValue("background-test: " + KEY + " for main-qtvgq3ky, Take restore point true");
    }

    private String waiting(Consumer<String> telling) throws InterruptedException {
        mayEnd.await();
        return "waited";
    }

    private void ended() {
        await().until(() -> !background.underWay(KEY));
    }

    private RuntimeException failure(Work<String> work) {
        return ((Failed<String>) background.within(LONG, KEY, work)).why();
    }
}
