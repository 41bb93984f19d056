package nocobase.procedures.campaign;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The table procedure x fault x step, on the screen and in {@code target/campaign.md}; written anew after each run. */
final class Report {

    private static final Path FILE = Path.of("target", "campaign.md");

    private final List<String> lines = new ArrayList<>();

    Report() {
        lines.add("| procedure | fault | step | outcome | seconds to recover |");
        lines.add("|---|---|---|---|---|");
    }

    void add(Run run, Duration took, int compared, List<String> breaches) {
        int begin = lines.size();
        run.strikes.forEach(strike -> lines.add(strike.outcome(run.procedure).line()));
        lines.add(String.format(
                Locale.ROOT,
                "| **%s** | | whole run, %d faults | **%s**; %d sums of data compared; %s | %.0f in all |",
                String.join(
                        ", then ",
                        run.operations.size() > 1
                                ? List.of(run.procedure, "return-to-service")
                                : List.of(run.procedure)),
                run.strikes.size(),
                run.end(),
                compared,
                breaches.isEmpty()
                        ? "every invariant held"
                        : "BROKEN: " + String.join("; ", breaches).replace('|', '/'),
                took.toMillis() / 1000.0));
        System.out.println(String.join("\n", lines.subList(begin, lines.size())));
        write();
    }

    private void write() {
        try {
            Files.createDirectories(FILE.getParent());
            Files.write(FILE, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
