package nocobase.procedures.nocobase;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.DatabaseSettings;
import nocobase.procedures.cluster.Installation;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.NodeState;
import nocobase.procedures.cluster.Plugin;
import nocobase.procedures.cluster.Version;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every line of the application's preconditions, with a reason to fail and its remedy. */
class NocoBaseChecksTest {

    private static final Version TARGET = Version.parse("2.2.16");

    private static RecordedDatabase database;

    private final ObservedNodes runtime = new ObservedNodes();
    private SpokenNode first;
    private SpokenNode second;

    @BeforeAll
    static void startDatabase() throws IOException {
        database = RecordedDatabase.start();
    }

    @AfterAll
    static void stopDatabase() throws IOException {
        database.close();
    }

    @BeforeEach
    void aServingCluster() throws Exception {
        first = SpokenNode.ready("2.2.15");
        second = SpokenNode.ready("2.2.15");
        runtime.nodes(running("app-1", first), running("app-2", second));
        database.holds(Version.parse("2.2.15"));
    }

    @AfterEach
    void stopNodes() {
        first.close();
        second.close();
    }

    @Test
    void allPassOnAServingCluster() {
        assertThat(check(TARGET)).hasSize(5).extracting(Check::result).containsOnly(Check.Result.PASS);
    }

    @Test
    void withoutATargetItsLineIsAbsent() {
        assertThat(check(null)).extracting(Check::name).doesNotContain("Target version");
    }

    @Test
    void theTargetMustBeAboveTheDatabase() {
        assertThat(line("Target version", check(Version.parse("2.2.15"))))
                .isEqualTo(Check.fail(
                        "Target version",
                        "The database is already at 2.2.15.",
                        "Nothing to upgrade. Choose a newer version."));
        Check below = line("Target version", check(Version.parse("2.2.14")));
        assertThat(below.result()).isEqualTo(Check.Result.FAIL);
        assertThat(below.finding()).isEqualTo("2.2.14 is below the database's version 2.2.15.");
        assertThat(below.remedy()).contains("does not support downgrades");
        assertThat(line("Target version", check(Version.parse("2.2.15-beta.1"))).result())
                .isEqualTo(Check.Result.FAIL);
    }

    @Test
    void aMajorVersionIsWarnedOf() {
        assertThat(line("Target version", check(Version.parse("3.0.0"))).result())
                .isEqualTo(Check.Result.WARN);
    }

    @Test
    void wrongCredentialsNameTheRoleAndNotThePassword() {
        DatabaseSettings wrong = new DatabaseSettings(
                "127.0.0.1",
                database.port(),
                "postgres",
                "no_such_role",
                "secret-of-the-role",
                null,
                null,
                "public",
                "",
                false,
                null,
                null,
                null,
                null,
                null);
        NodesAndDatabase refused = new NodesAndDatabase(wrong, null, runtime, null, Clock.systemUTC());
        for (List<Check> checks : List.of(refused.check(TARGET), refused.checkFirstStart())) {
            assertThat(checks).singleElement().satisfies(check -> {
                assertThat(check.result()).isEqualTo(Check.Result.FAIL);
                assertThat(check.finding()).contains("no_such_role").doesNotContain("secret-of-the-role");
                assertThat(check.remedy()).contains("user and password");
            });
        }
    }

    @Test
    void aDatabaseServerThatDoesNotListenFails() throws IOException {
        int free;
        try (java.net.ServerSocket socket = new java.net.ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        Check only = new NodesAndDatabase(settings(free, "postgres"), null, runtime, null, Clock.systemUTC())
                .checkFirstStart()
                .get(0);
        assertThat(only.result()).isEqualTo(Check.Result.FAIL);
        assertThat(only.finding()).contains("127.0.0.1:" + free);
        assertThat(only.remedy()).contains("the engine can reach it");
    }

    @Test
    void aFirstStartOnAnEmptyDatabaseInstalls() throws SQLException {
        database.sql("drop schema public cascade", "create schema public");
        assertThat(installation().kind()).isEqualTo(Installation.Kind.EMPTY);
        assertThat(firstStart().result()).isEqualTo(Check.Result.PASS);
        assertThat(firstStart().finding()).contains("is empty", "installs NocoBase");
    }

    @Test
    void aFirstStartKeepsAnInstallationOfTheSameVersion() {
        assertThat(installation().version()).isEqualTo(Version.parse("2.2.15"));
        assertThat(firstStart().result()).isEqualTo(Check.Result.PASS);
        assertThat(firstStart().finding()).contains("NocoBase 2.2.15", "is kept");
    }

    @Test
    void aFirstStartNeitherUpgradesNorDowngrades() throws SQLException {
        database.sql("update \"applicationVersion\" set value = '2.2.14'");
        assertThat(firstStart().result()).isEqualTo(Check.Result.FAIL);
        assertThat(firstStart().remedy()).contains("without a restore point", "Version upgrade");
        database.sql("update \"applicationVersion\" set value = '2.2.16'");
        assertThat(firstStart().result()).isEqualTo(Check.Result.FAIL);
        assertThat(firstStart().remedy()).contains("older version on a newer database", "image of version 2.2.16");
    }

    @Test
    void foreignTablesAreNamedAndRefused() throws SQLException {
        database.sql(
                "drop schema public cascade",
                "create schema public",
                "create schema sales",
                "create table customers (id int)",
                "create table sales.orders (id int)");
        try {
            assertThat(installation().kind()).isEqualTo(Installation.Kind.FOREIGN);
            assertThat(firstStart().result()).isEqualTo(Check.Result.FAIL);
            assertThat(firstStart().finding()).contains("2 tables, none of them NocoBase's: customers, sales.orders.");
            assertThat(firstStart().remedy()).contains("empty database of its own");
        } finally {
            database.sql("drop schema sales cascade");
        }
    }

    /** As a node leaves it that is killed in its first seconds: these three tables are NocoBase's first. */
    @Test
    void anInterruptedInstallationIsRecognised() throws SQLException {
        database.sql("create table migrations (name text)", "delete from \"applicationVersion\"");
        assertThat(installation().kind()).isEqualTo(Installation.Kind.HALF_INSTALLED);
        assertThat(firstStart().result()).isEqualTo(Check.Result.WARN);
        assertThat(firstStart().remedy()).contains("alone", "nothing is deleted");
    }

    /** As several nodes leave it that raced. */
    @Test
    void pluginsThatWereNeverInstalledAreHalfAnInstallation() throws SQLException {
        database.sql(
                "insert into \"applicationPlugins\" values ('map', '@nocobase/plugin-map', '2.2.15', true, null, null)");
        assertThat(installation().kind()).isEqualTo(Installation.Kind.HALF_INSTALLED);
        assertThat(firstStart().finding()).contains("1 plugin is enabled and not installed: map");
    }

    @Test
    void pluginsAreListedAsTheDatabaseHasThem() throws SQLException {
        database.sql(
                "insert into \"applicationPlugins\" values ('map', '@nocobase/plugin-map', '2.2.15', false, true, null)");
        assertThat(nocobase().plugins())
                .containsExactly(
                        new Plugin("map", "@nocobase/plugin-map", "2.2.15", false, true, false),
                        new Plugin("users", "@nocobase/plugin-users", "2.2.15", true, true, true));
    }

    private NodesAndDatabase nocobase() {
        return new NodesAndDatabase(settings(database.port(), "postgres"), null, runtime, null, Clock.systemUTC());
    }

    private Installation installation() {
        return nocobase().installation();
    }

    private Check firstStart() {
        return nocobase().checkFirstStart().get(0);
    }

    @Test
    void aDatabaseThatCannotBeReachedFails() {
        DatabaseSettings wrong = settings(database.port(), "no_such_database");
        Check only = new NodesAndDatabase(wrong, null, runtime, null, Clock.systemUTC())
                .check(TARGET)
                .get(0);
        assertThat(only.result()).isEqualTo(Check.Result.FAIL);
        assertThat(only.finding())
                .contains("no_such_database", "does not exist")
                .doesNotContain("secret");
        assertThat(only.remedy()).contains("procedures.clusters.<name>.database");
    }

    @Test
    void aDatabaseWithoutAVersionFails() throws SQLException {
        database.sql("delete from \"applicationVersion\"");
        assertThat(check(TARGET)).singleElement().satisfies(only -> {
            assertThat(only.result()).isEqualTo(Check.Result.FAIL);
            assertThat(only.finding()).contains("\"public\".\"applicationVersion\"");
            assertThat(only.remedy()).contains("DB_SCHEMA", "DB_TABLE_PREFIX", "DB_UNDERSCORED", "Return to service");
            assertThat(only.returnIsRemedy()).isTrue();
        });
    }

    @Test
    void aVersionThatIsNoneFails() throws SQLException {
        database.sql("update \"applicationVersion\" set value = 'latest'");
        assertThat(check(TARGET))
                .singleElement()
                .satisfies(only -> assertThat(only.finding()).contains("\"latest\""));
    }

    @Test
    void aNodeOfAnotherVersionFails() {
        second.version("2.2.14");
        Check nodes = line("Version on every node", check(TARGET));
        assertThat(nodes.result()).isEqualTo(Check.Result.FAIL);
        assertThat(nodes.finding()).isEqualTo("The database is at 2.2.15, but app-2 runs 2.2.14.");
    }

    @Test
    void aStoppedNodeIsWarnedOf() {
        runtime.nodes(running("app-1", first), running("app-2", second), stopped("2.2.15"));
        Check nodes = line("Version on every node", check(TARGET));
        assertThat(nodes.result()).isEqualTo(Check.Result.WARN);
        assertThat(nodes.finding()).isEqualTo("Not running, so their version is unknown: app-3.");
    }

    /** Whether it would ever be ready nobody could tell, behind the maintenance page least of all. */
    @Test
    void aRunningNodeThatTellsNoVersionFails() {
        second.version(null);
        Check nodes = line("Version on every node", check(TARGET));
        assertThat(nodes.result()).isEqualTo(Check.Result.FAIL);
        assertThat(nodes.finding()).isEqualTo("Running, but telling no version: app-2.");
        assertThat(nodes.remedy()).contains("docker logs app-2");
    }

    /** Part of the newer version's migrations may have been applied already. */
    @Test
    void anUpgradeThatWasBegunIsNoBaseForAnother() {
        runtime.nodes(running("app-1", first), running("app-2", second), stopped("2.2.17"));
        for (Version target : new Version[] {TARGET, null}) {
            Check nodes = line("Version on every node", check(target));
            assertThat(nodes.result()).isEqualTo(Check.Result.FAIL);
            assertThat(nodes.finding())
                    .startsWith("The database is at 2.2.15, but nodes have the image of version 2.2.17.");
            assertThat(nodes.remedy()).contains("\"Return to service\"");
        }
    }

    private static Node stopped(String version) {
        return new Node(
                "app-3", NodeState.STOPPED, "nocobase:" + version, Version.parse(version), false, null, Instant.EPOCH);
    }

    @Test
    void aClusterWithoutNodesFails() {
        runtime.nodes();
        assertThat(line("Version on every node", check(TARGET)).result()).isEqualTo(Check.Result.FAIL);
    }

    @Test
    void aPluginThatIsNotInstalledIsWarnedOf() throws SQLException {
        database.sql(
                "insert into \"applicationPlugins\" values ('mine', '@acme/plugin-mine', '0.1.0', true, false, false)");
        Check plugins = line("Plugins", check(TARGET));
        assertThat(plugins.result()).isEqualTo(Check.Result.WARN);
        assertThat(plugins.finding()).isEqualTo("Enabled but not installed: mine.");
    }

    @Test
    void subApplicationsAreListed() throws SQLException {
        database.sql(
                "create table applications (name text, options json)",
                "insert into applications values ('crm'), ('hr')");
        Check applications = line("Sub-applications", check(TARGET));
        assertThat(applications.result()).isEqualTo(Check.Result.WARN);
        assertThat(applications.finding()).isEqualTo("2: crm, hr.");
    }

    private List<Check> check(Version target) {
        return new NodesAndDatabase(settings(database.port(), "postgres"), null, runtime, null, Clock.systemUTC())
                .check(target);
    }

    private static Check line(String name, List<Check> checks) {
        return checks.stream()
                .filter(check -> check.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Node running(String name, SpokenNode node) {
        URI url = node.url;
        return new Node(name, NodeState.RUNNING, "nocobase:2.2.15", Version.parse("2.2.15"), false, url, Instant.EPOCH);
    }

    private static DatabaseSettings settings(int port, String database) {
        return new DatabaseSettings(
                "127.0.0.1",
                port,
                database,
                "postgres",
                "secret",
                null,
                null,
                "public",
                "",
                false,
                null,
                null,
                null,
                null,
                null);
    }
}
