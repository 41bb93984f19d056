package nocobase.procedures.backup;

import java.time.Duration;
import nocobase.procedures.language.Messages;

/** Between two looks of a background thread. */
final class Pause {

    private static final Messages MESSAGES = Messages.of("backup");

    private Pause() {}

    static void of(Duration duration) {
        try {
            Thread.sleep(duration.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(MESSAGES.text("pause.shutdown"), e);
        }
    }
}
