package nocobase.procedures.backup;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import nocobase.procedures.language.Messages;

/** What a job said: lines of a keyword and values, and whatever its tools wrote. */
record JobOutput(String text) {

    private static final Messages MESSAGES = Messages.of("backup");

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
                .orElseThrow(() -> new IllegalStateException(MESSAGES.text("job.silent", keyword, tail())));
    }

    /** What the script itself gave as its reason, or the last line. */
    String reason() {
        return told().map(JobOutput::said).orElse(lastLine());
    }

    /** Whether the script gave this reason. */
    boolean failedFor(String key) {
        return told().filter(words -> words.get(0).equals(key)).isPresent();
    }

    /** Scripts name the text of their reason, and give what it speaks of: {@code FAILED: notUnpacked<tab>storage.tar}. */
    private Optional<List<String>> told() {
        return text.lines()
                .filter(line -> line.startsWith(FAILED))
                .reduce((first, last) -> last)
                .map(line -> words(line.substring(FAILED.length())));
    }

    private static List<String> words(String line) {
        return Arrays.asList(line.split("\t", -1));
    }

    /** What a script names in such a way, in the installation's language. */
    static String said(String line) {
        return said(words(line));
    }

    private static String said(List<String> words) {
        return MESSAGES.text(
                "script." + words.get(0), words.subList(1, words.size()).toArray());
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
