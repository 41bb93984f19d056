package nocobase.procedures.nocobase;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nocobase.procedures.MovableClock;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.NodeState;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.SubApplicationsSeen;
import nocobase.procedures.cluster.Version;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which sub-applications come back, told by their own answers and their own data. */
class SubApplicationsTest {

    private static final Version V16 = Version.parse("2.2.16");

    private static RecordedDatabase database;

    private final MovableClock clock = new MovableClock(Instant.parse("2026-01-02T03:12:40Z"));
    private final ObservedNodes runtime = new ObservedNodes();
    private SpokenNode server;
    private NodesAndDatabase nocobase;

    @BeforeAll
    static void startDatabase() throws IOException {
        database = RecordedDatabase.start();
    }

    @AfterAll
    static void stopDatabase() throws IOException {
        database.close();
    }

    @BeforeEach
    void theyHaveBeenStarted() throws Exception {
        server = SpokenNode.ready("2.2.16");
        nocobase = new NodesAndDatabase(database.settings(), null, runtime, null, clock);
        database.holds(V16);
        database.sql("create table applications (name text primary key, options json)");
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    @Test
    void whereThereAreNoneNothingIsAskedAndNothingIsWaitedFor() throws Exception {
        assertThat(ask()).isEqualTo(Progress.done(new SubApplicationsSeen(List.of(), Map.of())));
        database.sql("drop table applications");
        assertThat(nocobase.subApplications()).isEmpty();
        assertThat(ask()).isInstanceOf(Progress.Done.class);
    }

    @Test
    void oneThatAnswersAndWhoseDataRecordsTheVersionIsBack() throws Exception {
        inSchema("shop", "2.2.15");
        server.subApplication("shop", 503, error("APP_COMMANDING", "load plugin [users]"), "2.2.16");
        assertThat(nocobase.subApplications()).isEqualTo(Map.of("shop", "2.2.15"));
        assertThat(ask()).isEqualTo(Progress.pending("sub-application shop: load plugin [users]"));

        server.subApplication("shop", 200, "ok", "2.2.16");
        assertThat(later()).isInstanceOf(Progress.Pending.class).asString().contains("2.2.15");
        recorded("shop", "2.2.16");
        assertThat(later()).isEqualTo(Progress.done(new SubApplicationsSeen(List.of("shop"), Map.of())));
    }

    @Test
    void oneInADatabaseOfItsOwnIsToldByThatDatabase() throws Exception {
        database.sql("drop database if exists crm");
        database.sql("create database crm");
        database.sql("insert into applications values ('crm', '{}')");
        assertThat(nocobase.subApplications()).as("never started").isEmpty();
        server.subApplication("crm", 200, "ok", "2.2.16");
        assertThat(ask()).isEqualTo(Progress.done(new SubApplicationsSeen(List.of(), Map.of())));

        try (Connection crm = DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:" + database.port() + "/crm", "postgres", "postgres");
                Statement statement = crm.createStatement()) {
            statement.execute("create table \"applicationVersion\" (value text)");
            statement.execute("insert into \"applicationVersion\" values ('2.2.16')");
        }
        assertThat(nocobase.subApplications()).isEqualTo(Map.of("crm", "2.2.16"));
        assertThat(seen(nocobase.askSubApplications(node(), V16, Set.of("crm"))).answering())
                .containsExactly("crm");
    }

    @Test
    void oneThatFailedForGoodIsNamedAtOnceWithItsOwnWords() throws Exception {
        inSchema("shop", "2.2.15");
        server.subApplication("shop", 503, error("APP_ERROR", "column x does not exist"), "2.2.16");
        assertThat(seen(ask()).doubtful()).containsEntry("shop", "it reports APP_ERROR: column x does not exist");
    }

    @Test
    void oneThatAnotherAnswersForIsNamed() throws Exception {
        inSchema("shop", "2.2.16");
        assertThat(seen(ask()).doubtful().get("shop")).contains("another application answers in its place");
    }

    @Test
    void oneThatNeverAnswersIsGivenUpAndWhatItSaidLastIsTold() throws Exception {
        inSchema("shop", "2.2.15");
        inSchema("crm", "2.2.16");
        server.subApplication("shop", 503, error("APP_COMMANDING", "load plugin [ai]"), "2.2.16");
        server.subApplication("crm", 200, "ok", "2.2.16");
        assertThat(ask()).isInstanceOf(Progress.Pending.class);
        clock.advance(SubApplicationRound.LIMIT.minusSeconds(1));
        assertThat(ask()).isInstanceOf(Progress.Pending.class);
        SubApplicationsSeen seen = seen(later());
        assertThat(seen.answering()).containsExactly("crm");
        assertThat(seen.doubtful()).containsEntry("shop", "no proof within 120 s; last seen: load plugin [ai]");
    }

    @Test
    void oneThatIsGoneOrRunsElsewhereIsNotPassedOver() throws Exception {
        database.sql("insert into applications values ('apart', '{\"standaloneDeployment\": true}')");
        assertThat(seen(nocobase.askSubApplications(node(), V16, Set.of("lost")))
                        .doubtful())
                .hasSize(2)
                .hasEntrySatisfying("lost", said -> assertThat(said).contains("doesn't list it any more"))
                .hasEntrySatisfying("apart", said -> assertThat(said).contains("a deployment of its own"));
    }

    @Test
    void aDatabaseThatIsAwayHoldsNothingUpForGood() throws Exception {
        database.sql("drop table applications", "create table applications (other text)");
        assertThat(nocobase.askSubApplications(node(), V16, Set.of("shop"))).isInstanceOf(Progress.Pending.class);
        clock.advance(SubApplicationRound.LIMIT);
        assertThat(seen(nocobase.askSubApplications(node(), V16, Set.of("shop")))
                        .doubtful())
                .containsOnlyKeys("shop");
    }

    private void inSchema(String name, String version) throws SQLException {
        database.sql(
                "insert into applications values ('" + name + "', '{\"dbConnType\": \"new_schema\"}')",
                "drop schema if exists " + name + " cascade",
                "create schema " + name,
                "create table " + name + ".\"applicationVersion\" (value text)",
                "insert into " + name + ".\"applicationVersion\" values ('" + version + "')");
    }

    private void recorded(String name, String version) throws SQLException {
        database.sql("update " + name + ".\"applicationVersion\" set value = '" + version + "'");
    }

    private static String error(String code, String message) {
        return "{\"error\":{\"code\":\"" + code + "\",\"message\":\"" + message + "\"}}";
    }

    private Progress<SubApplicationsSeen> later() {
        clock.advance(Duration.ofSeconds(1));
        return ask();
    }

    private Progress<SubApplicationsSeen> ask() {
        return nocobase.askSubApplications(node(), V16, Set.of());
    }

    private static SubApplicationsSeen seen(Progress<SubApplicationsSeen> progress) {
        return ((Progress.Done<SubApplicationsSeen>) progress).result();
    }

    private Node node() {
        return new Node("app-1", NodeState.RUNNING, "nocobase:2.2.16", V16, false, server.url, Instant.EPOCH);
    }
}
