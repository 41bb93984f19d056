package nocobase.procedures.language;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Sentences stand in bundles, not in sources: what is written into a source is English for everybody. A literal that reads as
 * English is found here, and either goes into a bundle or is entered below with the reason why nobody reads it.
 */
class SpokenSourcesTest {

    private static final Path SOURCES = Path.of("src/main/java/nocobase/procedures");
    private static final Pattern COMMENT = Pattern.compile("(?s:/\\*.*?\\*/)|(?m:^\\s*//[^\n]*$)|(?<=[;{,(]) //[^\n]*");
    /** Text blocks are SQL, scripts, styles and markup. */
    private static final Pattern BLOCK = Pattern.compile("(?s)\"\"\".*?\"\"\"");

    private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\\n]|\\\\.)*)\"");
    private static final Pattern ENGLISH =
            Pattern.compile("(?i)\\b(a|an|and|are|be|been|below|but|by|cannot|does|did|for|has|"
                    + "have|is|it|its|must|no|not|of|still|than|that|the|their|there|this|to|too|was|were|when|which|while|with|"
                    + "works|you|expected|missing|unknown|wrong|failed|refused)\\b");
    private static final Pattern SEVERAL_WORDS = Pattern.compile("\\p{L}{2,},? \\p{L}+|\\p{L}{2,}: ");
    /** Before a value. */
    private static final Pattern LABEL = Pattern.compile("[A-Z]\\p{Ll}+( \\p{Ll}+)*: ?");

    private static final Pattern SQL =
            Pattern.compile("(?i)^\\W*(select|insert|update|delete|alter|create|drop|show|grant|"
                    + "revoke|copy|comment|set|with|from|where|order by|on conflict|and |or |left join|join|values|in \\(|as |for "
                    + "update|when |is null|is not|begin|lock)\\b.*|.*\\b(from [a-z_]+ where|varchar|is (not )?null|order by|count\\(\\*\\)|"
                    + "on conflict|with template|is_template|owner to|from public)\\b.*");
    /** What comes before the literal in its statement, and says that people do not read it. */
    private static final Pattern UNREAD = Pattern.compile(
            "(?s).*(?:\\b(?i:log)\\s*\\.\\s*\\w+\\(|\\.(?:happened|violated)\\(|Pattern\\.compile\\()[^;]*"
                    + "|(?s).*\\.(?:contains|matches|replaceAll|replaceFirst|equals)\\([^;)]*");

    private static final String PROGRAM = "only a fault of the program itself says this: it is for whoever mends it";
    private static final String SIMULATED = "other programs' own output, simulated: it is English everywhere";
    private static final String FILE = "a remark in a file on a node, for who administers it";
    private static final String LOG = "for the log";

    /** What sources hold and people do not read as a sentence of ours, by how it begins, each with the reason. */
    private static final Map<String, String> ALLOWED = Map.ofEntries(
            Map.entry("nocobase/Packages: for file do", "a shell's command"),
            Map.entry("audit/MessageTemplate: ", PROGRAM),
            Map.entry("audit/WebhookChannel: it answered", LOG),
            Map.entry("backup/CatalogueTable: A row of the catalogue", PROGRAM),
            Map.entry("backup/CatalogueTable: The catalogue of", PROGRAM),
            Map.entry("backup/DatabaseChecks: pg_has_role", "SQL"),
            Map.entry("backup/DatabaseServer: No row", PROGRAM),
            Map.entry("backup/JobOutput: FAILED: ", "a word that scripts write"),
            Map.entry("backup/Manifest: The manifest of", PROGRAM),
            Map.entry("backup/Manifest:  cannot be written", PROGRAM),
            Map.entry("backup/Pooler: no such database", "what PgBouncer says"),
            Map.entry("backup/PostgresRestorePoints: The databases' size", LOG),
            Map.entry("backup/PostgresRestorePoints: prune restore points", LOG),
            Map.entry("backup/Restore: its dump was cancelled", LOG),
            Map.entry("backup/Scripts: ", PROGRAM),
            Map.entry("backup/Sql: A database name", PROGRAM),
            Map.entry("backup/TraitsSql:  RENAME TO", "SQL"),
            Map.entry("backup/Vacancy: no node runs", LOG),
            Map.entry("balancer/MaintenancePage: ", "both languages, side by side: each client's browser chooses"),
            Map.entry("balancer/Script: ", PROGRAM),
            Map.entry("balancer/ServerBlock: A route to no node", PROGRAM),
            Map.entry("balancer/ServerBlock: The private link's secret", PROGRAM),
            Map.entry("balancer/Template: ", PROGRAM),
            Map.entry("cluster/MaintenanceStep: ", "both languages, side by side: each client's browser chooses"),
            Map.entry("concurrent/BoundedHttp: no complete", "whoever asks puts it into words"),
            Map.entry("docker/Archives: An archive in memory", PROGRAM),
            Map.entry("docker/Archives: The archive is empty", PROGRAM),
            Map.entry("docker/ClusterMode: # nocobase-cluster-procedures", FILE),
            Map.entry("docker/HostContainers: Files of one directory", PROGRAM),
            Map.entry("docker/DockerEngine: A request for the Docker", PROGRAM),
            Map.entry("docker/ImagePull: no space left", "what Docker says"),
            Map.entry("docker/SameVersionUpgrade: , for this procedure", FILE),
            Map.entry("embedded/EmbeddedDefaults: ", PROGRAM),
            Map.entry("process/claim/DowntimeMetric: Time that", "metrics are English"),
            Map.entry("process/engine/FormTexts: ", PROGRAM),
            Map.entry("process/Json: ", PROGRAM),
            Map.entry("process/ShownTexts: ", PROGRAM),
            Map.entry("process/Step: The process variable", PROGRAM),
            Map.entry("rehearsal/Failures: ", SIMULATED),
            Map.entry(
                    "rehearsal/RehearsalFault: ",
                    "what a fault is ordered for; people read the table in docs/rehearsal.md"),
            Map.entry("rehearsal/RehearsalRuntime: Connection refused", SIMULATED),
            Map.entry("rehearsal/Simulation: A lasting phase", PROGRAM),
            Map.entry("rehearsal/Simulation:  has an end", PROGRAM),
            Map.entry(
                    "security/EngineUsers: Unknown user",
                    "never shown: whoever is refused gets a page or an answer from the bundle"),
            Map.entry("security/Form: ", PROGRAM),
            Map.entry("security/FormField: ", PROGRAM),
            Map.entry("security/ServerErrors: The page for an error", LOG),
            Map.entry("security/GuardedTaskService: ", LOG));

    @Test
    void noSentenceIsWrittenIntoASource() throws IOException {
        assertThat(found())
                .filteredOn(sentence -> ALLOWED.keySet().stream().noneMatch(sentence::startsWith))
                .isEmpty();
    }

    /** An exception that is not needed any more would cover the next sentence. */
    @Test
    void eachExceptionIsNeeded() throws IOException {
        Set<String> found = found();
        assertThat(ALLOWED.keySet())
                .allMatch(allowed -> found.stream().anyMatch(sentence -> sentence.startsWith(allowed)));
    }

    private static Set<String> found() throws IOException {
        Set<String> found = new TreeSet<>();
        for (Path source : sources()) {
            sentences(source).forEach(sentence -> found.add(name(source) + ": " + sentence));
        }
        return found;
    }

    private static List<String> sentences(Path source) {
        String text = COMMENT.matcher(
                        BLOCK.matcher(read(source).replace("'\"'", "")).replaceAll("\"\""))
                .replaceAll("");
        // A semicolon in a text ends no statement.
        String bare = LITERAL.matcher(text)
                .replaceAll(literal -> "\"" + "_".repeat(literal.group(1).length()) + "\"");
        return LITERAL.matcher(text)
                .results()
                .filter(literal -> isEnglish(literal.group(1)))
                .filter(literal ->
                        !UNREAD.matcher(statement(bare, literal.start())).matches())
                .map(literal -> literal.group(1))
                .toList();
    }

    private static boolean isEnglish(String literal) {
        return LABEL.matcher(literal).matches()
                || SEVERAL_WORDS.matcher(literal).find()
                        && ENGLISH.matcher(literal).find()
                        && !SQL.matcher(literal).matches();
    }

    /** From the end of the statement before. */
    private static String statement(String text, int end) {
        int start = Math.max(text.lastIndexOf(';', end), text.lastIndexOf("{\n", end));
        return text.substring(start + 1, end);
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files.filter(path -> path.toString().endsWith(".java"))
                    .sorted()
                    .toList();
        }
    }

    private static String name(Path source) {
        return SOURCES.relativize(source).toString().replace(".java", "").replace('\\', '/');
    }

    private static String read(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
