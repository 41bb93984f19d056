package nocobase.procedures.backup;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a job said: lines of a keyword and values, and whatever its tools wrote. */
record JobOutput(String text) {

    private static final String FAILED = "FAILED: ";
    private static final int SHOWN_LINES = 30;

    /** The values after the keyword in its last line, or empty. */
    Optional<List<String>> values(String keyword) {
        return text.lines()
                .filter(line -> line.startsWith(keyword + " "))
                .reduce((first, last) -> last)
                .map(line -> Arrays.asList(line.substring(keyword.length() + 1).split(" ")));
    }

    /** What follows the keyword in each of its lines. */
    List<String> all(String keyword) {
        return text.lines()
                .filter(line -> line.startsWith(keyword + " "))
                .map(line -> line.substring(keyword.length() + 1))
                .toList();
    }

    /** @throws IllegalStateException if a job that ended well did not say it */
    List<String> need(String keyword) {
        return values(keyword)
                .orElseThrow(() -> new IllegalStateException(
                        "A job ended without its line \"" + keyword + "\"; its output ends with: " + tail()));
    }

    /** What the script itself gave as its reason, or the last line. */
    String reason() {
        return text.lines()
                .filter(line -> line.startsWith(FAILED))
                .reduce((first, last) -> last)
                .map(line -> line.substring(FAILED.length()))
                .orElse(lastLine());
    }

    String lastLine() {
        return text.lines().reduce((first, last) -> last).orElse("");
    }

    /** The last lines, for people. */
    String tail() {
        List<String> lines = text.lines().collect(Collectors.toList());
        return String.join("\n", lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size()));
    }
}
