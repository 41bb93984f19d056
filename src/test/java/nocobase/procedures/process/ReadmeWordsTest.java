package nocobase.procedures.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nocobase.procedures.language.Language;
import nocobase.procedures.papers.Paper;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.camunda.bpm.model.bpmn.instance.Process;
import org.camunda.bpm.model.bpmn.instance.UserTask;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whoever reads the README, or a page that it leads to, finds on the screen what it names: tasks, choices and buttons are
 * called there as here.
 */
class ReadmeWordsTest {

    private static final Path ROOMS = Path.of("src/main/resources/nocobase/procedures");
    /** In italics and with a capital: a name from a page. A line's end is a blank. */
    private static final Pattern NAME = Pattern.compile("(?<![*\\w]|- )\\*(\\p{Lu}[^*|]{2,80}?)\\*(?![*\\w])");
    /** A step that somebody does: {@code 3. **Review plan** (you).} */
    private static final Pattern STEP = Pattern.compile("\\*\\*([^*]+)\\*\\* \\((?:you|a manager|você|um gestor)");

    private static final Pattern HEADING = Pattern.compile("<h3 id=\"([\\w-]+)\">([^<]*)</h3>");

    private static final Pattern WRONG = Pattern.compile(
            "(?i)503 page|página 503|try(ing)? again|tried again|\\bmend|way back"
                    + "|way in\\b|\\banew\\b|tentar de novo|tente de novo|caminho de volta|gerente|reserva\\b|primeira partida"
                    + "|dentro da aplicação|cluster de ensaio|stands still|break the claim|\\bdesativar|\\brollback no\\b");

    /** The README and all its pages, in one language. */
    enum Readme {
        ENGLISH("messages.properties", "texts.properties", Language.ENGLISH),
        PORTUGUESE("messages_pt_BR.properties", "texts_pt_BR.properties", Language.PORTUGUESE);

        private final List<String> bundles;
        private final Locale language;

        Readme(String messages, String texts, Locale language) {
            this.bundles = List.of(messages, texts);
            this.language = language;
        }

        private String text() throws IOException {
            return Paper.in(language).stream().map(Paper::text).collect(Collectors.joining(" "));
        }
    }

    @ParameterizedTest
    @EnumSource
    void eachNameStandsOnAPage(Readme readme) throws IOException {
        Set<String> named = new TreeSet<>();
        String text = readme.text();
        Stream.of(NAME, STEP)
                .flatMap(pattern -> pattern.matcher(text).results())
                .forEach(name -> named.add(name.group(1)));
        List<String> known = shown(readme);

        assertThat(named).hasSizeGreaterThan(20);
        assertThat(named)
                .filteredOn(name -> known.stream().noneMatch(shown -> begins(shown, name)))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void ourWordsAreUsed(Readme readme) throws IOException {
        assertThat(WRONG.matcher(readme.text()).results().map(found -> found.group()))
                .isEmpty();
    }

    /** In the other language, and as they are called in the files. */
    @ParameterizedTest
    @EnumSource
    void noTaskIsCalledOtherwise(Readme readme) throws IOException {
        String text = readme.text();
        assertThat(tasks()).hasSizeGreaterThan(10).allSatisfy(label -> {
            String ours = ModelTexts.shown(label, readme.language);
            Set<String> others = new TreeSet<>(Set.of(label, ModelTexts.shown(label, Language.PORTUGUESE)));
            others.add(ModelTexts.shown(label, Language.ENGLISH));
            others.remove(ours);
            assertThat(others).noneMatch(other -> text.contains("*" + other + "*"));
        });
    }

    /** Each form's help is headed as its task is called. */
    @ParameterizedTest
    @EnumSource
    void helpIsHeadedByTheNameOfItsTask(Readme readme) throws IOException {
        String page = readme == Readme.ENGLISH ? "help.html" : "ajuda.html";
        String help = Files.readString(Path.of("src/main/resources/static/status", page));
        Map<String, String> shown = new TreeMap<>();
        labels().forEach(label -> shown.put(ModelTexts.key(label), ModelTexts.shown(label, readme.language)));
        Map<String, String> headings = new TreeMap<>();
        HEADING.matcher(help)
                .results()
                .forEach(heading -> headings.put(ModelTexts.key(heading.group(1)), heading.group(2)));

        assertThat(headings).hasSizeGreaterThan(15);
        assertThat(shown).containsAllEntriesOf(headings);
    }

    /** A choice may be named by what stands before its colon. */
    private static boolean begins(String shown, String name) {
        return shown.equals(name) || shown.startsWith(name + ":") || shown.startsWith(name + "; ");
    }

    private static List<String> shown(Readme readme) throws IOException {
        List<String> shown =
                new ArrayList<>(ShownNames.all().get(readme.language).values());
        try (Stream<Path> files = Files.walk(ROOMS)) {
            for (Path file : files.toList()) {
                if (readme.bundles.contains(file.getFileName().toString())) {
                    shown.addAll(texts(file));
                }
            }
        }
        labels(readme).path("labels").forEach(label -> shown.add(label.asText()));
        shown.addAll(scripts(readme));
        return shown;
    }

    /** What is beside Camunda's own pages, and the status view. */
    private static List<String> scripts(Readme readme) throws IOException {
        List<String> said = new ArrayList<>();
        String table = "const " + readme.name() + " = {";
        try (Stream<Path> files = Files.walk(Path.of("src/main/resources"))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".js")).toList()) {
                String script = Files.readString(file);
                int start = script.indexOf(table);
                if (start >= 0) {
                    Pattern.compile("'([^']+)',?\\n")
                            .matcher(script.substring(start, script.indexOf("\n};", start) + 1))
                            .results()
                            .forEach(text -> said.add(text.group(1)));
                }
            }
        }
        return said;
    }

    private static JsonNode labels(Readme readme) throws IOException {
        String ours = "nocobase/procedures/web/webapps.pt.json";
        String camundas = "META-INF/resources/webjars/camunda/app/tasklist/locales/en.json";
        try (InputStream file = ReadmeWordsTest.class
                .getClassLoader()
                .getResourceAsStream(readme == Readme.ENGLISH ? camundas : ours)) {
            return new ObjectMapper().readTree(file);
        }
    }

    private static List<String> texts(Path bundle) throws IOException {
        Properties texts = new Properties();
        try (Reader reader = Files.newBufferedReader(bundle)) {
            texts.load(reader);
        }
        return texts.values().stream()
                .map(text -> text.toString().replace("''", "'"))
                .toList();
    }

    /** Tasks, and what people start. */
    private static Set<String> labels() throws IOException {
        Set<String> labels = tasks();
        for (Path file : ModelTextsTest.models()) {
            Bpmn.readModelFromFile(file.toFile())
                    .getModelElementsByType(Process.class)
                    .forEach(process -> labels.add(process.getName()));
        }
        return labels;
    }

    private static Set<String> tasks() throws IOException {
        Set<String> tasks = new TreeSet<>();
        for (Path file : ModelTextsTest.models()) {
            Bpmn.readModelFromFile(file.toFile())
                    .getModelElementsByType(UserTask.class)
                    .forEach(task -> tasks.add(task.getName()));
        }
        return tasks;
    }
}
