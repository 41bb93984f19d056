package nocobase.procedures.language;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Scripts that make restore points name the text of their reason: none is written into them, and each is known. */
class ScriptReasonsTest {

    private static final Path ROOM = Path.of("src/main/resources/nocobase/procedures/backup");
    private static final Pattern REASON =
            Pattern.compile("(?:echo|printf) ['\"](?:FAILED:|unfollowed) (\\w+)(.*?)(?:\\\\n)?['\"]");
    private static final Pattern GIVEN = Pattern.compile("\\\\t%s");
    private static final Pattern PLACE = Pattern.compile("\\{\\d}");

    @Test
    void eachReasonIsATextWithAsManyFactsAndEachTextIsAReason() throws IOException {
        assertThat(reasons()).isEqualTo(texts()).hasSizeGreaterThan(10);
    }

    @Test
    void noSentenceIsWrittenIntoAScript() throws IOException {
        for (Path script : scripts()) {
            assertThat(Files.readString(script)).as("%s", script).doesNotContainPattern("FAILED: \\w+ ");
        }
    }

    /** Each with the number of facts that it gives. */
    private static Map<String, Long> reasons() throws IOException {
        Map<String, Long> reasons = new TreeMap<>();
        for (Path script : scripts()) {
            REASON.matcher(Files.readString(script))
                    .results()
                    .forEach(reason -> reasons.put(
                            reason.group(1),
                            GIVEN.matcher(reason.group(2)).results().count()));
        }
        return reasons;
    }

    private static Map<String, Long> texts() throws IOException {
        Properties bundle = new Properties();
        try (Reader reader = Files.newBufferedReader(ROOM.resolve("messages.properties"))) {
            bundle.load(reader);
        }
        Map<String, Long> texts = new TreeMap<>();
        bundle.stringPropertyNames().stream()
                .filter(key -> key.startsWith("script."))
                .forEach(key -> texts.put(
                        key.substring("script.".length()),
                        PLACE.matcher(bundle.getProperty(key)).results().count()));
        return texts;
    }

    private static List<Path> scripts() throws IOException {
        try (Stream<Path> files = Files.list(ROOM)) {
            return files.filter(path -> path.toString().endsWith(".sh")).toList();
        }
    }
}
