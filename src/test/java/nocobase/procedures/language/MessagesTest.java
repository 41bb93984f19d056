package nocobase.procedures.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Both languages say the same things, with the same facts in them, and nothing that nobody says. */
class MessagesTest {

    private static final Path BUNDLES = Path.of("src/main/resources/nocobase/procedures");
    private static final Path SOURCES = Path.of("src/main/java/nocobase/procedures");
    private static final String ENGLISH = "messages.properties";
    private static final String PORTUGUESE = "messages_pt_BR.properties";
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{(\\d+)[,}]");
    /** Between two quotes text is literal: a lonely one swallows what follows, placeholders too. */
    private static final Pattern LONELY_APOSTROPHE = Pattern.compile("(?<!')'(?!['{}])(?<![{}]')");

    private static final Pattern ROOM = Pattern.compile("Messages\\.of\\(\"([\\w/.]+)\"\\)");
    /** A key that ends with a dot or a hyphen is the first part of one that is put together. */
    private static final Pattern USE = Pattern.compile("MESSAGES(?:\\s*\\.text\\(|,)\\s*\"([^\"]+)\"");

    /** Annotations of settings name a text with its room. */
    private static final Pattern SETTING = Pattern.compile("= \"\\{(\\w+)\\.(settings\\.[\\w.]+)}\"");

    /** Keys are also chosen between, or kept in a table. */
    private static final Pattern LITERAL = Pattern.compile("\"([\\w.-]+)\"");

    @AfterEach
    void backToEnglish() {
        Language.speak(Language.ENGLISH);
    }

    static Stream<Path> rooms() throws IOException {
        try (Stream<Path> found = Files.walk(BUNDLES)) {
            return found.filter(path -> path.endsWith(ENGLISH)).map(Path::getParent).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("rooms")
    void bothLanguagesHaveTheSameKeys(Path room) {
        assertThat(texts(room, PORTUGUESE).stringPropertyNames())
                .containsExactlyInAnyOrderElementsOf(texts(room, ENGLISH).stringPropertyNames());
    }

    @ParameterizedTest
    @MethodSource("rooms")
    void bothLanguagesNameTheSameFacts(Path room) {
        Properties portuguese = texts(room, PORTUGUESE);
        texts(room, ENGLISH)
                .forEach((key, english) -> assertThat(placeholders(portuguese.getProperty(key.toString())))
                        .as("placeholders of %s", key)
                        .isEqualTo(placeholders(english.toString())));
    }

    @ParameterizedTest
    @MethodSource("rooms")
    void apostrophesAreWrittenTwice(Path room) {
        for (String language : List.of(ENGLISH, PORTUGUESE)) {
            texts(room, language)
                    .forEach((key, text) -> assertThat(text.toString())
                            .as("%s in %s", key, language)
                            .doesNotContainPattern(LONELY_APOSTROPHE));
        }
    }

    @ParameterizedTest
    @MethodSource("rooms")
    void aKeyStandsInABundleOnce(Path room) throws IOException {
        for (String language : List.of(ENGLISH, PORTUGUESE)) {
            List<String> keys = Files.readAllLines(room.resolve(language)).stream()
                    .filter(line -> line.matches("[\\w.-]+\\s*=.*"))
                    .map(line -> line.split("=", 2)[0].strip())
                    .toList();
            assertThat(keys).as(language).doesNotHaveDuplicates();
        }
    }

    @Test
    void whatIsSaidStandsInABundleAndWhatStandsThereIsSaid() throws IOException {
        Set<String> wrong = new TreeSet<>();
        for (Path room : rooms().toList()) {
            String name = BUNDLES.relativize(room).toString().replace('/', '.');
            Set<String> known = texts(room, ENGLISH).stringPropertyNames();
            Set<String> used = found(USE, name);
            used.addAll(settings(name));
            Set<String> written = found(LITERAL, name);
            written.addAll(settings(name));
            used.stream()
                    .filter(key -> known.stream().noneMatch(other -> fits(key, other)))
                    .forEach(key -> wrong.add(name + ": nothing is known for " + key));
            known.stream()
                    .filter(key -> written.stream().noneMatch(use -> fits(use, key)))
                    .forEach(key -> wrong.add(name + ": nobody says " + key));
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void theInstallationsLanguageHoldsWhereNoneIsConfigured() {
        assertThat(Language.of(null, Locale.forLanguageTag("pt-PT"))).isEqualTo(Language.PORTUGUESE);
        assertThat(Language.of(" ", Locale.GERMANY)).isEqualTo(Language.ENGLISH);
        assertThat(Language.of("pt-br", Locale.US)).isEqualTo(Language.PORTUGUESE);
        assertThatThrownBy(() -> Language.of("fr", Locale.US)).hasMessageContaining("Set it to en or pt-BR");
    }

    private static boolean fits(String use, String key) {
        return use.endsWith(".") || use.endsWith("-") ? key.startsWith(use) : key.equals(use);
    }

    private static Set<String> found(Pattern pattern, String room) throws IOException {
        try (Stream<Path> sources = Files.walk(SOURCES)) {
            return sources.filter(path -> path.toString().endsWith(".java"))
                    .map(MessagesTest::read)
                    .filter(source -> ROOM.matcher(source)
                            .results()
                            .anyMatch(of -> of.group(1).equals(room)))
                    .flatMap(source -> pattern.matcher(source).results().map(use -> use.group(1)))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static Set<String> settings(String room) throws IOException {
        try (Stream<Path> sources = Files.walk(SOURCES)) {
            return sources.filter(path -> path.toString().endsWith(".java"))
                    .flatMap(path -> SETTING.matcher(read(path)).results())
                    .filter(setting -> setting.group(1).equals(room))
                    .map(setting -> setting.group(2))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static Set<String> placeholders(String text) {
        return text == null
                ? Set.of()
                : PLACEHOLDER
                        .matcher(text)
                        .results()
                        .map(MatchResult::group)
                        .map(group -> group.replaceAll("\\D", ""))
                        .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Properties texts(Path room, String language) {
        Properties texts = new Properties();
        try (Reader reader = Files.newBufferedReader(room.resolve(language))) {
            texts.load(reader);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return texts;
    }

    private static String read(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
