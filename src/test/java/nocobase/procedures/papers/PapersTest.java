package nocobase.procedures.papers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nocobase.procedures.language.Language;
import nocobase.procedures.papers.Paper.Heading;
import nocobase.procedures.rehearsal.RehearsalFault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the pages name is there: other pages and their chapters, pictures, files, commands, faults, and the version. */
class PapersTest {

    private static final Path ROOT = Path.of("").toAbsolutePath();
    private static final Pattern OUR_FILE =
            Pattern.compile("((?:src|docs|deploy|bench|processes|forms|\\.ci)/[\\w./-]*\\w|\\./mvnw)(?: .*)?");
    private static final Pattern OUR_PAGE = Pattern.compile("\\b(docs/[\\w/-]+\\.md(?:#[\\w-]+)?)");
    private static final Pattern FAULT = Pattern.compile("\\| `2\\.2\\.(\\d+)` \\|.*");
    /** What the reader of docs/change-a-procedure.md makes. */
    private static final String MADE_BY_THE_READER = "NoteDatabaseSize";
    /** No upgrade meets them: only tests order them. */
    private static final Set<Integer> FAULTS_OF_TESTS = Set.of(45, 46, 60, 61);

    static List<Paper> papers() throws IOException {
        return Paper.all();
    }

    @ParameterizedTest
    @MethodSource("papers")
    void everyLinkLeadsSomewhere(Paper paper) {
        assertThat(paper.links())
                .filteredOn(link -> !link.matches("(https?|mailto):.*"))
                .allSatisfy(link -> assertThat(leadsSomewhere(paper.path(), link))
                        .as(paper.path() + ": " + link)
                        .isTrue());
    }

    @ParameterizedTest
    @MethodSource("papers")
    void everyFileThatIsNamedExists(Paper paper) {
        assertThat(paper.code().stream()
                        .map(OUR_FILE::matcher)
                        .filter(code -> code.matches())
                        .map(code -> code.group(1))
                        .filter(file -> !file.contains(MADE_BY_THE_READER) && !Files.exists(Path.of(file))))
                .as(paper.path().toString())
                .isEmpty();
    }

    /** Texts that the program says, its help, its configuration and its container files send people to pages. */
    @Test
    void everyPageThatTheProgramNamesExists() throws IOException {
        Set<String> named = new TreeSet<>();
        for (String folder : List.of("src/main", "deploy", "docker-compose.yml", ".env.example")) {
            try (Stream<Path> files = Files.walk(Path.of(folder))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    OUR_PAGE.matcher(Files.readString(file, StandardCharsets.ISO_8859_1))
                            .results()
                            .forEach(page -> named.add(page.group(1)));
                }
            }
        }
        assertThat(named)
                .contains("docs/configuration.md")
                .allMatch(page -> leadsSomewhere(Path.of("README.md"), page));
    }

    @Test
    void everyPageIsFoundFromTheReadme() throws IOException {
        for (String readme : List.of("README.md", "README.pt-BR.md")) {
            Set<Path> reached = reachedFrom(Path.of(readme));
            Set<Path> expected = Paper.all().stream()
                    .filter(paper ->
                            readme.equals("README.md") || !paper.language().equals(Language.ENGLISH))
                    .map(Paper::path)
                    .collect(Collectors.toSet());
            assertThat(reached).containsAll(expected);
        }
    }

    /** Each Portuguese page has the chapters of the English one, and each of the two leads to the other. */
    @Test
    void bothLanguagesTellTheSame() throws IOException {
        List<Paper> portuguese = Paper.all().stream()
                .filter(paper -> paper.path().startsWith(Paper.PORTUGUESE))
                .toList();
        assertThat(portuguese).hasSizeGreaterThan(7);
        for (Paper page : portuguese) {
            String name = page.path().getFileName().toString();
            same(Paper.at("docs/" + name), "pt-BR/" + name, page, "../" + name);
        }
        same(Paper.at("README.md"), "README.pt-BR.md", Paper.at("README.pt-BR.md"), "README.md");
    }

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "README.pt-BR.md"})
    void theReadmeIsShortAndHasItsTwoCommands(String path) throws IOException {
        Paper readme = Paper.at(path);

        assertThat(readme.blocks("")).containsExactly("./mvnw spring-boot:run\n", "./mvnw verify\n");
        assertThat(readme.lines()).hasSizeLessThan(130);
    }

    @ParameterizedTest
    @ValueSource(strings = {"docs/rehearsal.md", "docs/pt-BR/rehearsal.md"})
    void everyFaultThatMayBeOrderedIsListed(String path) throws IOException {
        Set<Integer> listed = Paper.at(path).lines().stream()
                .map(FAULT::matcher)
                .filter(row -> row.matches())
                .map(row -> Integer.valueOf(row.group(1)))
                .collect(Collectors.toCollection(TreeSet::new));
        listed.addAll(FAULTS_OF_TESTS);

        assertThat(listed)
                .containsExactlyElementsOf(Arrays.stream(RehearsalFault.values())
                        .map(RehearsalFault::patch)
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    @Test
    void theVersionIsTheSameEverywhere() throws IOException {
        String version = found("pom.xml", "<artifactId>nocobase-cluster-procedures</artifactId>\\s*<version>([^<]+)<");

        assertThat(found("CHANGELOG.md", "\\n## \\[(\\d[^\\]]*)\\]")).isEqualTo(version.replace("-SNAPSHOT", ""));
        assertThat(found("docker-compose.yml", "nocobase-cluster-procedures:([\\w.-]+)\\}"))
                .isEqualTo(version);
        assertThat(found(".env.example", "nocobase-cluster-procedures:([\\w.-]+)"))
                .isEqualTo(version);
    }

    private static String found(String file, String pattern) throws IOException {
        var text = Pattern.compile(pattern).matcher(Files.readString(Path.of(file)));
        assertThat(text.find()).as(file + ": " + pattern).isTrue();
        return text.group(1);
    }

    private static void same(Paper english, String there, Paper portuguese, String back) {
        assertThat(english.links()).contains(there);
        assertThat(portuguese.links()).contains(back);
        assertThat(portuguese.headings().stream().map(Heading::level))
                .as(portuguese.path().toString())
                .containsExactlyElementsOf(
                        english.headings().stream().map(Heading::level).toList());
    }

    private static boolean leadsSomewhere(Path from, String link) {
        String[] parts = link.split("#", 2);
        Path target = parts[0].isEmpty() ? from : from.resolveSibling(parts[0]).normalize();
        try {
            return Files.exists(target)
                    && target.toAbsolutePath().startsWith(ROOT)
                    // As it is spelt, also where the file system does not care.
                    && target.toRealPath().endsWith(target)
                    && (parts.length == 1
                            || Paper.at(target.toString()).headings().stream()
                                    .anyMatch(heading -> heading.anchor().equals(parts[1])));
        } catch (IOException e) {
            return false;
        }
    }

    private static Set<Path> reachedFrom(Path first) throws IOException {
        Set<Path> reached = new TreeSet<>(Set.of(first));
        Deque<Path> waiting = new ArrayDeque<>(reached);
        while (!waiting.isEmpty()) {
            Path page = waiting.remove();
            for (String link : Paper.at(page.toString()).links()) {
                Path target = page.resolveSibling(link.split("#")[0]).normalize();
                if (link.contains(".md") && !link.contains(":") && reached.add(target)) {
                    waiting.add(target);
                }
            }
        }
        return reached;
    }
}
