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
        Progress<RestorePoint> end = end(step);
        assertThat(end)
                .as(
                        end instanceof Progress.Failed<RestorePoint> failed
                                ? failed.failure().toString()
                                : "")
                .isInstanceOf(Progress.Done.class);
        return ((Progress.Done<RestorePoint>) end).result();
    }

    static Failure failed(Supplier<Progress<RestorePoint>> step) {
        Progress<RestorePoint> end = end(step);
        assertThat(end).isInstanceOf(Progress.Failed.class);
        return ((Progress.Failed<RestorePoint>) end).failure();
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

    private static Progress<RestorePoint> end(Supplier<Progress<RestorePoint>> step) {
        AtomicReference<Progress<RestorePoint>> last = new AtomicReference<>();
        Awaitility.await("the step ends")
                .atMost(Duration.ofSeconds(180))
                .pollInterval(Duration.ofMillis(50))
                .pollDelay(Duration.ZERO)
                .until(() -> {
                    last.set(step.get());
                    return !(last.get() instanceof Progress.Pending);
                });
        return last.get();
    }
}
