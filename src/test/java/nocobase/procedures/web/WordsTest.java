package nocobase.procedures.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What scripts of pages say: in both languages, in our words, and nowhere but in their tables of words. */
class WordsTest {

    private static final Path RESOURCES = Path.of("src/main/resources");
    private static final String ENGLISH = "const ENGLISH = {";
    private static final String PORTUGUESE = "const PORTUGUESE = {";
    private static final Pattern KEY = Pattern.compile("(?m)^  '?([\\w -]+?)'?: ");
    /** A text of several words in quotes, on one line. */
    private static final Pattern SENTENCE = Pattern.compile("['`](?=[^'`/<]*[a-z]{2,} [a-zA-Z]{2,})[A-Z][^'`]*['`]");
    /** Words that people are not to read (see the words of the project); "claim" stays for tasks. */
    private static final Pattern WRONG =
            Pattern.compile("(?i)503 page|page 503|página 503|try again|stands still|way out"
                    + "|way in\\b|break the claim|reserva\\b|quebra de vidro|falha guiada|gerente|\\bprovar\\b|partida\\b"
                    + "|na aplicação|verificar o funcionamento|caminho de volta|stand in the evidence|may be empty");

    /** The program's own name, and a procedure's key with the name that its model has: said by step(). */
    private static final String NAME = "'NocoBase procedures'|\\['[a-z-]+', '[A-Z][a-z -]+'\\]";

    static Stream<Path> tables() throws IOException {
        return scripts().filter(path -> read(path).contains(ENGLISH));
    }

    static Stream<Path> others() throws IOException {
        return scripts().filter(path -> !read(path).contains(ENGLISH));
    }

    @Test
    void everyApplicationHasItsTable() throws IOException {
        assertThat(tables()).hasSizeGreaterThanOrEqualTo(4);
        assertThat(others()).hasSizeGreaterThan(10);
    }

    @ParameterizedTest
    @MethodSource("tables")
    void bothLanguagesSayTheSameThings(Path script) {
        assertThat(keys(script, PORTUGUESE)).isEqualTo(keys(script, ENGLISH)).hasSizeGreaterThan(4);
    }

    @ParameterizedTest
    @MethodSource("tables")
    void ourWordsAreUsed(Path script) {
        assertThat(table(script, ENGLISH) + table(script, PORTUGUESE)).doesNotContainPattern(WRONG);
    }

    /** Headings and messages written into a script would be English for everybody. */
    @ParameterizedTest
    @MethodSource("others")
    void nothingIsSaidBesideTheTables(Path script) {
        assertThat(read(script)
                        .replaceAll("(?s:/\\*.*?\\*/)|(?m:^\\s*//[^\n]*$)", "")
                        .replaceAll(NAME, ""))
                .doesNotContainPattern(SENTENCE)
                .doesNotContainPattern("element\\('(?:h\\d|th|p|strong|a|button|td)', \\{[^}]*}, '[^']");
    }

    private static Set<String> keys(Path script, String language) {
        return KEY.matcher(table(script, language))
                .results()
                .map(key -> key.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String table(Path script, String language) {
        String text = read(script);
        int start = text.indexOf(language);
        return text.substring(start, text.indexOf("\n};", start));
    }

    private static Stream<Path> scripts() throws IOException {
        try (Stream<Path> files = Files.walk(RESOURCES)) {
            return files.filter(path -> path.toString().endsWith(".js")).sorted().toList().stream();
        }
    }

    private static String read(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
