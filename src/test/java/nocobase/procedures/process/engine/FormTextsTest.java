package nocobase.procedures.process.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nocobase.procedures.language.Language;
import nocobase.procedures.language.PlainTexts;
import nocobase.procedures.process.Variables;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What forms say stands in bundles, in both languages: a form holds keys, and a key has one meaning. */
class FormTextsTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final PlainTexts TEXTS = PlainTexts.of("forms");
    private static final Set<String> READ_BY_PEOPLE =
            Set.of("text", "label", "description", "dateLabel", "timeLabel", "placeholder", "alt", "title");
    /** Filled in by the form: variables, and what is repeated or left out. */
    private static final Pattern FILLED_IN = Pattern.compile("\\{\\{.*?}}");

    private static final Pattern SAID_IN_CODE = Pattern.compile("FormTexts\\.text\\(\"([\\w.]+)\"\\)");

    @AfterEach
    void backToEnglish() {
        Language.speak(Language.ENGLISH);
    }

    static List<Path> forms() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("forms"))) {
            return files.filter(file -> file.toString().endsWith(".form"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void bothLanguagesHaveTheSameKeys() {
        assertThat(TEXTS.keys(Language.PORTUGUESE)).isEqualTo(TEXTS.keys(Language.ENGLISH));
    }

    @Test
    void bothLanguagesShowTheSameVariables() {
        for (String key : TEXTS.keys(Language.ENGLISH)) {
            assertThat(filledIn(TEXTS.find(key, Language.PORTUGUESE).orElseThrow()))
                    .as(key)
                    .isEqualTo(filledIn(TEXTS.find(key, Language.ENGLISH).orElseThrow()));
        }
    }

    @Test
    void aKeyHasOneMeaningAndAMeaningOneKey() {
        Map<String, String> known = new TreeMap<>();
        for (String key : TEXTS.keys(Language.ENGLISH)) {
            String meaning = TEXTS.find(key, Language.ENGLISH).orElseThrow() + " | "
                    + TEXTS.find(key, Language.PORTUGUESE).orElseThrow();
            assertThat(known.put(meaning, key)).as("a second key for %s", key).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"texts.properties", "texts_pt_BR.properties"})
    void aKeyStandsInItsBundleOnceInAlphabeticalOrder(String bundle) throws IOException {
        List<String> keys = Files.readAllLines(Path.of("src/main/resources/nocobase/procedures/forms", bundle)).stream()
                .filter(line -> line.matches("[\\w.]+=.*"))
                .map(line -> line.split("=", 2)[0])
                .toList();
        assertThat(keys).doesNotHaveDuplicates().isSorted();
    }

    @ParameterizedTest
    @MethodSource("forms")
    void whatPeopleReadInAFormIsAKey(Path form) throws IOException {
        Set<String> plain = new TreeSet<>();
        plainTexts(JSON.readTree(form.toFile()).path("components"), plain);
        assertThat(plain).isEmpty();
    }

    @Test
    void eachTextIsShownSomewhere() throws IOException {
        Set<String> used = new TreeSet<>();
        for (Path form : forms()) {
            Matcher key = Pattern.compile("\"" + FormTexts.KEY.pattern() + "\"").matcher(Files.readString(form));
            key.results().map(found -> found.group(1)).forEach(used::add);
        }
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java/nocobase/procedures/process"))) {
            for (Path source :
                    sources.filter(path -> path.toString().endsWith(".java")).toList()) {
                SAID_IN_CODE
                        .matcher(Files.readString(source))
                        .results()
                        .map(found -> found.group(1))
                        .forEach(used::add);
            }
        }
        assertThat(TEXTS.keys(Language.ENGLISH)).isEqualTo(used);
    }

    @Test
    void aFormGetsTheTextsOfTheLanguageThatIsSpoken() throws IOException {
        String form =
                "{\"components\":[{\"label\":\"@common.decision\",\"values\":[{\"label\":\"@chooseWork.enable\"}],"
                        + "\"description\":\"@acme/plugin-hello\"}]}";
        JsonNode english = JSON.readTree(form);
        FormTexts.fill(english);
        assertThat(english)
                .hasToString(form.replace("@common.decision", "Your decision").replace("@chooseWork.enable", "Enable"));

        Language.speak(Language.PORTUGUESE);
        JsonNode portuguese = JSON.readTree(form);
        FormTexts.fill(portuguese);
        assertThat(portuguese)
                .hasToString(
                        form.replace("@common.decision", "Sua decisão").replace("@chooseWork.enable", "Habilitar"));
    }

    /** Any task can be taken over, or be open while nodes are kept from serving: whoever answers it reads that there. */
    @Test
    void aTasksFormShowsWhatHappenedInTheMeantime() throws IOException {
        Set<String> silent = new TreeSet<>();
        for (Path form : forms()) {
            boolean atAStart = JSON.readTree(form.toFile()).path("components").findValuesAsText("key").stream()
                    .anyMatch(Variables.CLUSTER::equals);
            if (!atAStart && !Files.readString(form).contains("\"=remarks\"")) {
                silent.add(form.getFileName().toString());
            }
        }
        assertThat(silent).isEmpty();
    }

    private static void plainTexts(JsonNode node, Set<String> plain) {
        node.fields().forEachRemaining(field -> {
            String value = field.getValue().asText();
            if (READ_BY_PEOPLE.contains(field.getKey())
                    && !FormTexts.KEY.matcher(value).matches()) {
                plain.add(field.getKey() + ": " + value);
            }
        });
        node.forEach(child -> plainTexts(child, plain));
    }

    private static List<String> filledIn(String text) {
        return FILLED_IN
                .matcher(text)
                .results()
                .map(MatchResult::group)
                .sorted()
                .collect(Collectors.toList());
    }
}
