package nocobase.procedures.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.RestorePoint;
import org.awaitility.Awaitility;

/** Repeats an ensuring call until it ends, as the condition watcher does. */
final class Steps {

    private Steps() {}

    static RestorePoint done(Supplier<Progress<RestorePoint>> step) {
        return doneWith(step);
    }

    static Failure failed(Supplier<Progress<RestorePoint>> step) {
        return failedWith(step);
    }

    static <T> T doneWith(Supplier<Progress<T>> step) {
        Progress<T> end = end(step);
        assertThat(end)
                .as(end instanceof Progress.Failed<T> failed ? failed.failure().toString() : "")
                .isInstanceOf(Progress.Done.class);
        return ((Progress.Done<T>) end).result();
    }

    static <T> Failure failedWith(Supplier<Progress<T>> step) {
        Progress<T> end = end(step);
        assertThat(end).isInstanceOf(Progress.Failed.class);
        return ((Progress.Failed<T>) end).failure();
    }

    /** Repeats the call until it says that it waits for what the text names. */
    static void pending(Supplier<Progress<RestorePoint>> step, String text) {
        Awaitility.await("pending: " + text)
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(20))
                .pollDelay(Duration.ZERO)
                .until(() -> step.get() instanceof Progress.Pending<RestorePoint> pending
                        && pending.text().contains(text));
    }

    private static <T> Progress<T> end(Supplier<Progress<T>> step) {
        AtomicReference<Progress<T>> last = new AtomicReference<>();
        Awaitility.await("the step ends")
                .atMost(Duration.ofSeconds(180))
                .pollInterval(Duration.ofMillis(150))
                .pollDelay(Duration.ZERO)
                .until(() -> {
                    last.set(step.get());
                    return !(last.get() instanceof Progress.Pending);
                });
        return last.get();
    }
}
