package nocobase.procedures.campaign;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import nocobase.procedures.campaign.Step.Moment;

/**
 * What came of the runs, so that the long form can be run in portions: each run has a file of its own in
 * {@code target/campaign}, and all of them together are the table procedure x fault x step in {@code target/campaign.md}.
 * A run that has a file in which every invariant held is not repeated; whoever wants it again removes the file.
 *
 * <p>{@code -Dcampaign.minutes=8}: no further run is begun after so many minutes. {@code -Dcampaign.only=Docker;^first-start$}:
 * only runs in whose title one of these patterns is found.
 */
final class Results {

    private static final Path TABLE = Path.of("target", "campaign.md");
    private static final Path RUNS = Path.of("target", "campaign");
    private static final String HEAD =
            "| procedure | fault | step | outcome | seconds to recover |\n|---|---|---|---|---|\n";
    private static final String HELD = "every invariant held";

    private final Clock clock;
    private final Instant end;
    private final List<Pattern> only = Stream.of(
                    System.getProperty("campaign.only", "").split(";"))
            .map(Pattern::compile)
            .toList();

    Results(Clock clock) {
        this.clock = clock;
        this.end = clock.instant().plus(Duration.ofMinutes(Integer.getInteger("campaign.minutes", 24 * 60)));
    }

    boolean timeLeft() {
        return clock.instant().isBefore(end);
    }

    /** Whether it is to be run in this portion. */
    boolean wanted(Plan plan) {
        return only.stream().anyMatch(pattern -> pattern.matcher(plan.title()).find())
                && read(file(plan.title(), "md"))
                        .filter(text -> text.contains(HELD))
                        .isEmpty();
    }

    /** The steps of a run without faults, if there was one: for those with faults. */
    List<Step> steps(String title) {
        return read(file(title, "steps")).stream()
                .flatMap(String::lines)
                .map(line -> line.split("/"))
                .map(parts -> new Step(parts[0], parts[1], Moment.DURING))
                .toList();
    }

    void keepSteps(String title, List<Step> steps) {
        write(
                file(title, "steps"),
                steps.stream()
                        .map(step -> step.process() + "/" + step.activity())
                        .toList());
    }

    void add(Run run, Duration took, int compared, List<String> breaches) {
        List<String> lines = new ArrayList<>();
        run.strikes.forEach(strike -> lines.add(strike.outcome(run.procedure).line()));
        lines.add(String.format(
                Locale.ROOT,
                "| **%s** | | %s: %d faults | **%s**; %d sums of data compared; %s | %.0f in all |",
                String.join(
                        ", then ",
                        run.operations.size() > 1
                                ? List.of(run.procedure, "return-to-service")
                                : List.of(run.procedure)),
                run.title,
                run.strikes.size(),
                run.end(),
                compared,
                breaches.isEmpty()
                        ? HELD
                        : "BROKEN: " + String.join("; ", breaches).replace('|', '/'),
                took.toMillis() / 1000.0));
        System.out.println(String.join("\n", lines));
        write(file(run.title, "md"), lines);
        writeTable();
    }

    private static void writeTable() {
        StringBuilder table = new StringBuilder(HEAD);
        try (Stream<Path> files = Files.list(RUNS)) {
            files.filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .forEach(file -> table.append(read(file).orElseThrow()));
            Files.writeString(TABLE, table);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path file(String title, String extension) {
        return RUNS.resolve(title.replaceAll("[^A-Za-z0-9]+", "-") + "." + extension);
    }

    private static Optional<String> read(Path file) {
        try {
            return Files.exists(file) ? Optional.of(Files.readString(file)) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, List<String> lines) {
        try {
            Files.createDirectories(RUNS);
            Files.write(file, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
