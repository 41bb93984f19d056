package nocobase.procedures.nocobase;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import nocobase.procedures.cluster.Texts;

/** What a command of NocoBase said about its failure: its own lines of level error, else its last lines. */
final class LastWords {

    private static final int LINES = 8;
    private static final int LONGEST = 400;

    private LastWords() {}

    static String of(String output) {
        List<String> all = output.lines().filter(line -> !line.isBlank()).toList();
        List<String> errors = all.stream().flatMap(LastWords::error).distinct().toList();
        List<String> told = errors.isEmpty() ? all : errors;
        List<String> last = new ArrayList<>();
        for (String line : told.subList(Math.max(0, told.size() - LINES), told.size())) {
            last.add(Texts.shown(line, LONGEST));
        }
        return String.join("\n", last);
    }

    /** NocoBase logs as JSON or as text, depending on its settings. */
    private static Stream<String> error(String line) {
        if (!line.startsWith("{")) {
            String lower = line.toLowerCase(Locale.ROOT);
            return lower.contains("[error]") || lower.startsWith("error") ? Stream.of(line) : Stream.empty();
        }
        try {
            JsonNode entry = Health.JSON.readTree(line);
            return entry.path("level").asText().equals("error")
                    ? entry.path("message").asText().lines().limit(1)
                    : Stream.empty();
        } catch (JsonProcessingException cutOff) {
            return Stream.empty();
        }
    }
}
