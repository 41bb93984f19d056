package nocobase.procedures.campaign;

import java.time.Duration;
import java.util.Locale;

/**
 * A line of the table.
 *
 * @param recovery from the strike, or from the restart of what was killed, until the procedure had gone on; null if it did not
 */
record Outcome(String procedure, String fault, String step, String outcome, Duration recovery) {

    String line() {
        return String.format(
                Locale.ROOT,
                "| %s | %s | %s | %s | %s |",
                procedure,
                fault,
                step,
                outcome.replace("|", "/").replaceAll("\\s+", " "),
                recovery == null ? "–" : String.format(Locale.ROOT, "%.1f", recovery.toMillis() / 1000.0));
    }
}
