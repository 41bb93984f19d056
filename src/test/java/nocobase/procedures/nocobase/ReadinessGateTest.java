package nocobase.procedures.nocobase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import nocobase.procedures.MovableClock;
import nocobase.procedures.cluster.DatabaseSettings;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.NocoBase.Readiness;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.NodeState;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Version;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The gate against a real PostgreSQL and an HTTP server that answers as NocoBase does. */
class ReadinessGateTest {

    private static final Version V15 = Version.parse("2.2.15");
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
    void aReadyNode() throws Exception {
        server = SpokenNode.ready("2.2.16");
        runtime.nodes(node(NodeState.RUNNING));
        runtime.log("the end of its log");
        nocobase = new NodesAndDatabase(database.settings("public", "", false), null, runtime, null, clock);
        database.sql("drop schema if exists crm cascade");
        database.holds(
                V16,
                "'mine', '@acme/plugin-mine', '0.1.0', true, true, false",
                "'charts', '@nocobase/plugin-charts', '2.1.0', false, false, false");
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    @Test
    void readyByAllFourProofs() {
        assertThat(look()).isEqualTo(Progress.done(new Readiness("app-1", V16, List.of("mine", "users"))));
    }

    @Test
    void failsAtOnceWhenNocoBaseReportsAFatalState() {
        server.health(503, "{\"error\":{\"code\":\"APP_ERROR\",\"message\":\"column \\\"x\\\" does not exist\"}}");
        Failure failure = failure(look());
        assertThat(failure.what()).contains("app-1", "APP_ERROR", "column \"x\" does not exist");
        assertThat(failure.node()).isEqualTo("app-1");
        assertThat(failure.logTail()).isEqualTo("the end of its log");
        assertThat(failure.remedy()).contains("roll back");
        assertThat(failure.lasting()).as("the database has the version already").isFalse();
    }

    /** A migration fails each time; a start that found no database does not. */
    @Test
    void anUpgradeThatEndedInAnErrorIsWorthNoOtherTry() throws SQLException {
        server.health(503, "{\"error\":{\"code\":\"APP_ERROR\",\"message\":\"column \\\"x\\\" does not exist\"}}");
        database.sql("update \"applicationVersion\" set value = '2.2.15'");
        assertThat(failure(look()).lasting()).isTrue();

        database.sql("alter table \"applicationVersion\" rename to \"away\"");
        try {
            assertThat(failure(look()).lasting()).isFalse();
        } finally {
            database.sql("alter table \"away\" rename to \"applicationVersion\"");
        }
    }

    @Test
    void showsWhatNocoBaseIsBusyWith() {
        server.health(503, "{\"error\":{\"code\":\"APP_COMMANDING\",\"message\":\"load plugin [users], 46/77\"}}");
        assertThat(look()).isEqualTo(Progress.pending("load plugin [users], 46/77"));
    }

    @Test
    void aNodeThatDoesNotListenYetIsAwaited() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            server.url = URI.create("http://127.0.0.1:" + free.getLocalPort());
        }
        runtime.nodes(node(NodeState.RUNNING));
        assertThat(look()).isEqualTo(Progress.pending("not answering yet: connection refused"));
    }

    @Test
    void aContainerThatEndedWhileAwaitedFailsWithItsLog() throws IOException {
        Node asked = node(NodeState.RUNNING);
        server.close();
        runtime.nodes(node(NodeState.STOPPED));
        Failure failure = failure(nocobase.ready(asked, V16));
        assertThat(failure.what()).contains("app-1", "is not running any more");
        assertThat(failure.logTail()).isEqualTo("the end of its log");
    }

    @Test
    void aContainerThatIsStartedOverAndOverFails() throws IOException {
        server.close();
        runtime.nodes(started(0));
        assertThat(nocobase.ready(started(0), V16)).isInstanceOf(Progress.Pending.class);
        for (int start = 1; start < 3; start++) {
            runtime.nodes(started(start * 10));
            assertThat(nocobase.ready(started(start * 10), V16)).isInstanceOf(Progress.Pending.class);
        }
        runtime.nodes(started(30));
        assertThat(failure(nocobase.ready(started(30), V16)).what()).contains("keeps crashing");
    }

    @Test
    void startsLongAgoDoNotCount() throws IOException {
        server.close();
        for (int start = 0; start < 8; start++) {
            runtime.nodes(started(start * 30));
            assertThat(nocobase.ready(started(start * 30), V16)).isInstanceOf(Progress.Pending.class);
        }
    }

    /** As a procedure restarts it several times, each time awaiting it. */
    @Test
    void startsThatCameToAnAnswerDoNotCount() throws IOException {
        URI closed;
        try (ServerSocket free = new ServerSocket(0)) {
            closed = URI.create("http://127.0.0.1:" + free.getLocalPort());
        }
        URI open = server.url;
        for (int start = 0; start < 6; start++) {
            server.url = closed;
            runtime.nodes(started(start * 5));
            assertThat(nocobase.ready(started(start * 5), V16)).isInstanceOf(Progress.Pending.class);
            server.url = open;
            runtime.nodes(started(start * 5));
            assertThat(nocobase.ready(started(start * 5), V16)).isInstanceOf(Progress.Done.class);
        }
    }

    private Node started(int second) {
        Instant at = Instant.EPOCH.plusSeconds(second);
        return new Node("app-1", NodeState.RUNNING, "nocobase:2.2.16", V16, false, server.url, at);
    }

    @Test
    void asksWhereTheNodeIsNowWhenItWasNotRunningAtTheCall() {
        assertThat(nocobase.ready(node(NodeState.STOPPED), V16)).isInstanceOf(Progress.Done.class);
    }

    @Test
    void anEndlessAnswerIsCutOff() {
        server.hang();
        Instant before = Instant.now();
        assertThat(look()).isEqualTo(Progress.pending("not answering yet: no complete answer within 3 s"));
        assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(8));
    }

    @Test
    void aStoppedApplicationIsAwaitedWhileItRestartsAndNoLonger() {
        server.health(503, "{\"error\":{\"code\":\"APP_STOPPED\",\"message\":\"application main is stopped\"}}");
        assertThat(look()).isInstanceOf(Progress.Pending.class);
        clock.advance(ReadinessGate.STOPPED_FOR_GOOD.minusSeconds(1));
        assertThat(look()).isInstanceOf(Progress.Pending.class);
        clock.advance(Duration.ofSeconds(1));
        assertThat(failure(look()).what()).contains("has been stopped for more than 15 s while its container runs");
    }

    @Test
    void aRestartBetweenTwoStopsBeginsTheCountAnew() {
        String stopped = "{\"error\":{\"code\":\"APP_STOPPED\"}}";
        server.health(503, stopped);
        look();
        clock.advance(Duration.ofSeconds(10));
        server.health(503, "{\"error\":{\"code\":\"APP_STARTING\",\"message\":\"starting\"}}");
        look();
        clock.advance(Duration.ofSeconds(10));
        server.health(503, stopped);
        assertThat(look()).isInstanceOf(Progress.Pending.class);
    }

    @Test
    void anImageThatHoldsAnotherVersionFails() {
        server.version("2.2.15");
        assertThat(failure(look()).what()).isEqualTo("Node app-1 runs NocoBase 2.2.15 instead of 2.2.16.");
    }

    @Test
    void aNodeThatDoesNotTellItsVersionIsAwaited() {
        server.version(null);
        assertThat(look()).isEqualTo(Progress.pending("healthy, but does not report its version yet"));
    }

    @Test
    void theDatabaseMustHaveTheVersion() throws SQLException {
        database.sql("update \"applicationVersion\" set value = '2.2.15'");
        assertThat(look())
                .isEqualTo(
                        Progress.pending("healthy, but the database is still at version 2.2.15; waiting for 2.2.16"));
    }

    /** As NocoBase does in several processes ({@code CLUSTER_MODE}). */
    @Test
    void aHealthyNodeThatDidNotUpgradeFailsWithinSeconds() throws SQLException {
        database.sql("update \"applicationVersion\" set value = '2.2.15'");
        look();
        clock.advance(ReadinessGate.BEHIND_FOR_GOOD.minusSeconds(1));
        assertThat(look()).isInstanceOf(Progress.Pending.class);
        clock.advance(Duration.ofSeconds(1));
        assertThat(failure(look()).what()).contains("did not upgrade to 2.2.16", "still at 2.2.15");
        assertThat(failure(look()).remedy()).contains("CLUSTER_MODE");
    }

    @Test
    void aNodeThatGoesOnUpgradingIsAwaited() throws SQLException {
        database.sql("update \"applicationVersion\" set value = '2.2.15'");
        look();
        clock.advance(Duration.ofSeconds(10));
        server.health(503, "{\"error\":{\"code\":\"APP_COMMANDING\",\"message\":\"upgrading\"}}");
        look();
        clock.advance(Duration.ofSeconds(10));
        server.health(200, "ok");
        assertThat(look()).isInstanceOf(Progress.Pending.class);
    }

    @Test
    void theVersionIsAbsentForAMomentInAnUpgrade() throws SQLException {
        database.sql("delete from \"applicationVersion\"");
        assertThat(look()).isEqualTo(Progress.pending("healthy, but the database has no version yet"));
        database.sql("drop table \"applicationVersion\"");
        clock.advance(ReadinessGate.PACE);
        assertThat(look()).isEqualTo(Progress.pending("healthy, but the database has no version yet"));
    }

    @Test
    void anOlderNodeOnANewerDatabaseFailsAtOnce() throws SQLException {
        database.sql("update \"applicationVersion\" set value = '2.3.0'");
        assertThat(failure(look()).what()).contains("2.3.0", "newer than 2.2.16");
    }

    @Test
    void everyEnabledPluginMustBeInstalled() throws SQLException {
        database.sql("update \"applicationPlugins\" set installed = false where name = 'mine'");
        assertThat(look()).isEqualTo(Progress.pending("plugins enabled, not yet installed: mine"));
    }

    @Test
    void builtInPluginsMustHaveTheVersion() throws SQLException {
        database.sql("update \"applicationPlugins\" set version = '2.2.15' where name = 'users'");
        assertThat(look()).isEqualTo(Progress.pending("plugins not yet at 2.2.16: users"));
    }

    @Test
    void thePluginListMustAnswer() {
        server.pluginList(500);
        assertThat(look()).isEqualTo(Progress.pending("healthy, but does not list its plugins yet"));
    }

    @Test
    void healthyWithTheDatabaseGoneIsNotReady() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        DatabaseSettings gone = new DatabaseSettings(
                "127.0.0.1",
                free,
                "nocobase",
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
        Progress<Readiness> found =
                new NodesAndDatabase(gone, null, runtime, null, clock).ready(node(NodeState.RUNNING), V16);
        assertThat(found)
                .isInstanceOfSatisfying(
                        Progress.Pending.class,
                        pending -> assertThat(pending.text())
                                .contains("the database can't be read", "refused")
                                .doesNotContain("secret"));
    }

    @Test
    void probesEachNodeOnceInItsPaceHoweverOftenItIsAsked() {
        server.health(503, "{\"error\":{\"code\":\"APP_STARTING\",\"message\":\"first\"}}");
        assertThat(look()).isEqualTo(Progress.pending("first"));
        server.health(503, "{\"error\":{\"code\":\"APP_STARTING\",\"message\":\"second\"}}");
        clock.advance(ReadinessGate.PACE.minusMillis(1));
        assertThat(look()).isEqualTo(Progress.pending("first"));
        assertThat(server.healthChecks()).isEqualTo(1);
        clock.advance(Duration.ofMillis(1));
        assertThat(look()).isEqualTo(Progress.pending("second"));
        assertThat(server.healthChecks()).isEqualTo(2);
    }

    @Test
    void aRestartedNodeIsLookedAtAtOnce() {
        server.health(503, "{\"error\":{\"code\":\"APP_STARTING\",\"message\":\"first\"}}");
        look();
        Node restarted = new Node(
                "app-1", NodeState.RUNNING, "nocobase:2.2.16", V16, false, server.url, Instant.EPOCH.plusSeconds(99));
        nocobase.ready(restarted, V16);
        assertThat(server.healthChecks()).isEqualTo(2);
    }

    @Test
    void honoursSchemaPrefixAndUnderscoredNames() throws SQLException {
        database.sql(
                "create schema crm",
                "create table crm.nb_application_version (id bigint, value text)",
                "insert into crm.nb_application_version values (1, '2.2.16')",
                "create table crm.nb_application_plugins (name text, package_name text, version text, enabled boolean,"
                        + " installed boolean, built_in boolean)",
                "insert into crm.nb_application_plugins values ('users', '@nocobase/plugin-users', '2.2.15', true, true, true)",
                "drop table public.\"applicationVersion\"");
        NodesAndDatabase other =
                new NodesAndDatabase(database.settings("crm", "nb_", true), null, runtime, null, clock);
        assertThat(other.recordedVersion()).contains(V16);
        assertThat(other.ready(node(NodeState.RUNNING), V16))
                .isEqualTo(Progress.pending("plugins not yet at 2.2.16: users"));
    }

    @Test
    void quotesIdentifiers() throws SQLException {
        NodesAndDatabase hostile = new NodesAndDatabase(
                database.settings("public\"; drop table \"x", "\"", false), null, runtime, null, clock);
        assertThat(hostile.recordedVersion()).isEmpty();
        assertThat(nocobase.recordedVersion()).contains(V16);
    }

    @Test
    void aDatabaseWithoutNocoBaseHasNoVersion() throws SQLException {
        database.sql("drop table \"applicationVersion\"");
        assertThat(nocobase.recordedVersion()).isEmpty();
        assertThat(new DatabaseRecord(database.settings("public", "", false)).version())
                .isEmpty();
    }

    /** The first node keeps its answer until the second was asked: one after the other, that would never be. */
    @Test
    void aNodeThatDoesNotAnswerHoldsUpNoQuestionToAnother() throws Exception {
        try (SpokenNode slow = SpokenNode.ready("2.2.16")) {
            slow.answersAfter(server);
            runtime.nodes(at("app-1", slow.url), at("app-2", server.url));
            assertThat(nocobase.ready(runtime.observe().nodes(), V16))
                    .hasSize(2)
                    .allSatisfy(answer -> assertThat(answer).isInstanceOf(Progress.Done.class));
        }
    }

    private static Node at(String name, URI url) {
        return new Node(name, NodeState.RUNNING, null, V16, false, url, Instant.EPOCH);
    }

    @Test
    void leavesNoSessionThatWouldBlockTheClone() {
        look();
        await().atMost(Duration.ofSeconds(5)).until(() -> sessions() == 0);
    }

    private static int sessions() throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery(
                        "select count(*) from pg_stat_activity where application_name = 'nocobase-procedures'")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private Progress<Readiness> look() {
        return nocobase.ready(node(NodeState.RUNNING), V16);
    }

    private Node node(NodeState state) {
        return new Node(
                "app-1",
                state,
                "nocobase:2.2.16",
                V16,
                false,
                state == NodeState.STOPPED ? null : server.url,
                Instant.EPOCH);
    }

    private static Failure failure(Progress<Readiness> progress) {
        assertThat(progress).isInstanceOf(Progress.Failed.class);
        return ((Progress.Failed<Readiness>) progress).failure();
    }
}
