package nocobase.procedures.backup;

import java.time.Duration;

/** Between two looks of a background thread. */
final class Pause {

    private Pause() {}

    static void of(Duration duration) {
        try {
            Thread.sleep(duration.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(
                    "The engine is shutting down; the work is taken up again after its start", e);
        }
    }
}
