package nocobase.procedures.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Check.Result;
import nocobase.procedures.cluster.Containers.ExecResult;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each precondition passes on a good cluster, and fails with its remedy on a bad one. */
class RestorePointChecksTest {

    private final EmbeddedCluster cluster = EmbeddedCluster.shared();

    @BeforeEach
    void begin() {
        cluster.reset();
    }

    @Test
    void aGoodClusterPassesAll() {
        List<Check> checks = cluster.restorePoints(Map.of()).check();

        assertThat(checks).allMatch(check -> check.result() == Result.PASS).hasSizeGreaterThanOrEqualTo(12);
        assertThat(checks)
                .allMatch(check -> check.remedy().isEmpty() && !check.finding().isEmpty());
    }

    @Test
    void anUnreachableServerIsTheOnlyFinding() {
        List<Check> checks = cluster.restorePoints(Map.of("database.port", "1")).check();

        assertThat(checks).singleElement().satisfies(check -> {
            assertThat(check.result()).isEqualTo(Result.FAIL);
            assertThat(check.finding()).contains("127.0.0.1:1");
            assertThat(check.remedy()).contains("Start the database server");
        });
    }

    @Test
    void aWrongPasswordOrDatabaseIsNamedWithoutTheSecret() {
        Map<String, String> wrong = Map.of("database.name", "absent", "database.password", "terrible-secret");

        assertThat(cluster.restorePoints(wrong).check()).singleElement().satisfies(check -> {
            assertThat(check.result()).isEqualTo(Result.FAIL);
            assertThat(check.finding()).contains("absent").doesNotContain("terrible-secret");
            assertThat(check.remedy()).contains("database.name");
        });
    }

    @Test
    void mySqlIsRecognizedByItsGreetingAndRefused() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, java.net.InetAddress.getLoopbackAddress())) {
            Thread greeter = new Thread(() -> greet(server));
            greeter.setDaemon(true);
            greeter.start();

            List<Check> checks = cluster.restorePoints(Map.of("database.port", String.valueOf(server.getLocalPort())))
                    .check();

            assertThat(checks).singleElement().satisfies(check -> {
                assertThat(check.finding()).contains("isn't PostgreSQL", "11.4.2-MariaDB");
                assertThat(check.remedy()).contains("aren't supported");
            });
        }
    }

    @Test
    void missingRightsAreSpelledOut() {
        cluster.admin(
                "postgres",
                "alter role nocobase nocreatedb",
                "create role keeper",
                "alter database nocobase owner to keeper");

        assertThat(find(Map.of(), "Rights").remedy())
                .contains(
                        "ALTER ROLE \"nocobase\" CREATEDB;",
                        "GRANT \"keeper\" TO \"nocobase\";",
                        "database.admin-user");
        assertThat(find(EmbeddedCluster.withAdmin(), "Rights").result()).isEqualTo(Result.PASS);
    }

    /** The very statements tell who may give a copy its settings: since PostgreSQL 15 that need be no superuser. */
    @Test
    void whoMayNotGiveACopyItsSettingsIsRefusedAndNobodyElse() {
        cluster.admin(
                "postgres",
                "create role reader",
                "alter role reader in database nocobase set work_mem to '1MB'",
                "alter database nocobase set log_statement to 'none'");

        assertThat(find(Map.of(), "Dry run")).satisfies(check -> {
            assertThat(check.result()).isEqualTo(Result.FAIL);
            assertThat(check.finding()).contains("A rollback would fail", "permission denied");
            assertThat(check.remedy()).contains("right that is missing", "database.admin-user");
        });
        assertThat(find(EmbeddedCluster.withAdmin(), "Dry run").result()).isEqualTo(Result.PASS);

        cluster.admin(
                "postgres",
                "alter role nocobase createrole",
                "grant reader to nocobase with admin option",
                "grant set on parameter log_statement to nocobase");
        assertThat(cluster.restorePoints(Map.of()).check()).allMatch(check -> check.result() == Result.PASS);
    }

    @Test
    void foreignSessionsAndPreparedTransactionsAreNamed() throws Exception {
        cluster.sql("nocobase", "begin", "insert into users (email) values ('p')", "prepare transaction 'left'");
        try (Connection foreign = cluster.connect("postgres", "nocobase", "DBeaver");
                Connection node = cluster.connect("nocobase", "nocobase", "")) {
            Check sessions = find(Map.of(), "Database sessions");

            assertThat(sessions.result()).isEqualTo(Result.FAIL);
            assertThat(sessions.finding())
                    .contains("user postgres", "\"DBeaver\"", "may not see")
                    .doesNotContain("unnamed");
            assertThat(sessions.remedy()).contains("pg_terminate_backend(");
            assertThat(find(EmbeddedCluster.withAdmin(), "Database sessions").finding())
                    .contains("from 127.0.0.1");
            Check prepared = find(Map.of(), "Prepared");
            assertThat(prepared.result()).isEqualTo(Result.FAIL);
            assertThat(prepared.finding()).contains("'left'");
            assertThat(prepared.remedy()).contains("COMMIT PREPARED or ROLLBACK PREPARED");
            assertThat(foreign.isValid(1) && node.isValid(1)).isTrue();
        } finally {
            cluster.sql("nocobase", "rollback prepared 'left'");
        }
    }

    /** Counted in bytes, as PostgreSQL does; it cuts a longer name without a word, and a cut name may be another's. */
    @Test
    void aNameTooLongForTheNamesOfClonesIsRefused() {
        String fits = "ü".repeat(23) + "n";
        String tooLong = "ü".repeat(24);
        cluster.admin(
                "postgres",
                "create database " + fits + " owner nocobase",
                "create database " + tooLong + " owner nocobase");

        Check check = find(Map.of("database.name", tooLong), "Database names");

        assertThat(check.result()).isEqualTo(Result.FAIL);
        assertThat(check.finding()).contains(tooLong + " is longer than 47 bytes", "63");
        assertThat(check.remedy()).contains("Rename the database, and DB_DATABASE of the nodes");
        assertThat(find(Map.of("database.name", fits), "Database names").result())
                .isEqualTo(Result.PASS);
    }

    @Test
    void aSharedDatabaseIsRefused() {
        cluster.admin("nocobase", "create table public.crm_customers (id int)");
        Check foreign = find(Map.of(), "Database not shared");
        assertThat(foreign.result()).isEqualTo(Result.FAIL);
        assertThat(foreign.finding()).contains("public.crm_customers (owner postgres)");
        assertThat(foreign.remedy()).contains("Move them into a database of their own");

        cluster.admin("nocobase", "drop table public.crm_customers");
        cluster.sql("nocobase", "create schema second", "create table second.\"applicationVersion\" (value text)");
        assertThat(find(Map.of(), "Database not shared").result()).isEqualTo(Result.FAIL);

        cluster.sql("nocobase", "drop table second.\"applicationVersion\"", "create table second.notes (id int)");
        Check unknown = find(Map.of(), "Database not shared");
        assertThat(unknown.result()).isEqualTo(Result.WARN);
        assertThat(unknown.finding()).contains("second.notes");
        assertThat(unknown.remedy()).contains("Make sure that they belong to NocoBase");
    }

    @Test
    void tablesOfAnAdministratorAreNocoBasesWhereAllOfItsTablesAre() {
        cluster.admin(
                "nocobase",
                "alter table \"applicationVersion\" owner to postgres",
                "alter table users owner to postgres",
                "grant select on all tables in schema public to nocobase");

        assertThat(find(Map.of(), "Database not shared").result()).isEqualTo(Result.PASS);
    }

    @Test
    void schemaPrefixAndUnderscoredAreHonoured() {
        cluster.sql(
                "nocobase",
                "create schema nb",
                "create table nb.x_application_version (value text)",
                "insert into nb.x_application_version values ('2.2.16')",
                "create table nb.x_applications (name text primary key, options json)",
                "insert into nb.x_applications values ('missing', '{}')");
        Map<String, String> keys =
                Map.of("database.schema", "nb", "database.table-prefix", "x_", "database.underscored", "true");

        Check missing = find(keys, "All databases covered");
        assertThat(missing.result()).isEqualTo(Result.FAIL);
        assertThat(missing.finding()).contains("missing");
        assertThat(missing.remedy()).contains("Start the sub-application once", "or delete it in NocoBase");
        cluster.sql("nocobase", "create schema missing");
        assertThat(find(keys, "All databases covered").finding()).contains("1 sub-application");
    }

    @Test
    void aReplicationSlotIsWarnedOf() {
        cluster.admin("nocobase", "select pg_create_logical_replication_slot('feed', 'pgoutput')");
        try {
            Check check = find(Map.of(), "Logical replication");
            assertThat(check.result()).isEqualTo(Result.WARN);
            assertThat(check.finding()).contains("feed");
            assertThat(check.remedy()).contains("set up the replication again");
        } finally {
            cluster.admin("nocobase", "select pg_drop_replication_slot('feed')");
        }
    }

    @Test
    void oldToolsAReadOnlyVolumeNoStorageAndNoRoomAreFound() {
        cluster.containers.answers.put(
                "-check",
                new ExecResult(
                        0, "client pg_dump (PostgreSQL) 15.9\nwritable no\nroom 10\nstorage no\nuploads 2000\n"));

        assertFails("PostgreSQL's client tools", "15.9 is older than the server (17)", "tools-image with pg_dump 17");
        assertFails("Volume for durable copies", "can't be written to", "Correct restore-points.volume");
        assertFails("Storage", "no storage mounted", "Mount the cluster's shared storage");
        assertFails("Room for the durable copy", "free, database", "Make room on the disk of volume restore-points");
    }

    @Test
    void aStorageThatCannotBeReadIsRefused() {
        cluster.containers.answers.put(
                "-check",
                new ExecResult(
                        0,
                        "client pg_dump (PostgreSQL) 17.5\nwritable yes\nroom 100000000\nstorage yes\n"
                                + "unreadable ls: cannot open directory '.': Stale file handle\nuploads 0\n"));

        Check storage = find(Map.of(), "Storage");
        assertThat(storage.result()).isEqualTo(Result.FAIL);
        assertThat(storage.finding()).contains("can't be read: ls: cannot open directory '.': Stale file handle");
        assertThat(storage.remedy()).contains("mount it again", "no_root_squash");
    }

    /** Of a network storage whose server is away no answer comes, not even an error. */
    @Test
    void aStorageThatDoesNotAnswerIsRefused() throws Exception {
        cluster.containers.hanging.add("-check");
        Site site = Site.of(
                "emb",
                cluster.settings(Map.of()),
                cluster.containers,
                cluster.nodes,
                Clock.systemUTC(),
                cluster.catalogue);

        List<Check> checks = new RoomChecks(site, Duration.ofMillis(300)).check(Discovery.of(site.server()), 170005);

        Check storage = checks.stream()
                .filter(check -> check.name().equals("Storage"))
                .findFirst()
                .orElseThrow();
        assertThat(storage.result()).isEqualTo(Result.FAIL);
        assertThat(storage.finding()).contains("couldn't be looked through", "restore-points");
        assertThat(storage.remedy()).contains("network storage");
    }

    @Test
    void theDatabaseServersDiskDecidesOnTheClone() {
        cluster.containers.free = 1000;
        Check clone = find(Map.of(), "Room for the clone");
        assertThat(clone.result()).isEqualTo(Result.FAIL);
        assertThat(clone.remedy()).contains("dump-first");
        assertThat(find(Map.of("restore-points.mode", "dump-first"), "Room for the clone")
                        .result())
                .isEqualTo(Result.WARN);
        Map<String, String> remote = new HashMap<>(Map.of("database.tools-image", "local/postgres:17"));
        remote.put("database.container", "");
        assertThat(find(remote, "Room for the clone").finding()).contains("can't be measured");
    }

    @Test
    void withoutContainerAndToolsNoDumpIsPossible() {
        Check tools = find(Map.of("database.container", ""), "PostgreSQL's client tools");
        assertThat(tools.result()).isEqualTo(Result.FAIL);
        assertThat(tools.remedy()).contains("Configure the database's container, or an image with pg_dump 17");
    }

    private void assertFails(String name, String finding, String remedy) {
        Check check = find(Map.of(), name);
        assertThat(check.result()).as(check.toString()).isEqualTo(Result.FAIL);
        assertThat(check.finding()).contains(finding);
        assertThat(check.remedy()).contains(remedy);
    }

    private Check find(Map<String, String> changes, String name) {
        Check found = cluster.restorePoints(changes).check().stream()
                .filter(check -> check.name().startsWith(name))
                .findFirst()
                .orElseThrow();
        if (found.result() != Result.PASS) {
            assertThat(found.remedy()).as(found.toString()).isNotBlank();
        }
        return found;
    }

    private static void greet(ServerSocket server) {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                byte[] version = "11.4.2-MariaDB".getBytes(StandardCharsets.US_ASCII);
                socket.getOutputStream().write(new byte[] {60, 0, 0, 0, 10});
                socket.getOutputStream().write(version);
                socket.getOutputStream().write(0);
                socket.getOutputStream().flush();
                socket.getInputStream().read();
            } catch (java.io.IOException e) {
                // A client that hung up; the loop ends when the test closes the server.
                Thread.onSpinWait();
            }
        }
    }

    /** Our lock would be anybody's there. */
    @Test
    void aPoolerThatSharesSessionsIsRefused() throws Exception {
        try (TransactionPooler pooler = new TransactionPooler(cluster.port())) {
            List<Check> checks = cluster.restorePoints(Map.of("database.port", String.valueOf(pooler.port())))
                    .check();

            assertThat(checks).singleElement().satisfies(check -> {
                assertThat(check.result()).as(check.toString()).isEqualTo(Result.FAIL);
                assertThat(check.finding()).contains("pooler");
                assertThat(check.remedy()).contains("session mode");
            });
        }
    }

    /** It comes back whenever it is ended: that is no remedy. */
    @Test
    void aBackgroundWorkerHasARemedyOfItsOwn() {
        cluster.admin("postgres", "create database feed");
        cluster.admin("feed", "create table users (id int)", "create publication p for table users");
        cluster.value("feed", "select pg_create_logical_replication_slot('s', 'pgoutput')");
        cluster.admin(
                "nocobase",
                "create subscription s connection 'host=127.0.0.1 port=" + cluster.port()
                        + " dbname=feed user=postgres password=postgres' publication p with (create_slot = false,"
                        + " slot_name = 's', copy_data = false)");
        try {
            org.awaitility.Awaitility.await("the worker is there")
                    .until(() -> cluster.value(
                                    "postgres",
                                    "select 1 from pg_stat_activity where datname = 'nocobase' and backend_type like"
                                            + " 'logical replication%'")
                            != null);
            Check sessions = cluster.restorePoints(EmbeddedCluster.withAdmin()).check().stream()
                    .filter(check -> check.name().equals("Database sessions"))
                    .findFirst()
                    .orElseThrow();

            assertThat(sessions.result()).isEqualTo(Result.FAIL);
            assertThat(sessions.remedy())
                    .contains("background worker", "ALTER SUBSCRIPTION")
                    .doesNotContain("pg_terminate_backend");
        } finally {
            cluster.admin(
                    "nocobase",
                    "alter subscription s disable",
                    "alter subscription s set (slot_name = none)",
                    "drop subscription s");
            org.awaitility.Awaitility.await("the slot is free")
                    .ignoreExceptions()
                    .until(() -> {
                        cluster.value("feed", "select pg_drop_replication_slot('s')");
                        return true;
                    });
        }
    }

    /** A tool in the node's container, such as NocoBase's own backup. */
    @Test
    void aSessionFromANodesOwnAddressIsTheNodes() throws Exception {
        try (Connection tool = cluster.connect("nocobase", "nocobase", "pg_dump")) {
            assertThat(find(Map.of(), "Database sessions").result()).isEqualTo(Result.FAIL);
            cluster.containers.address = "127.0.0.1";
            assertThat(find(Map.of(), "Database sessions").result()).isEqualTo(Result.PASS);
            assertThat(tool.isValid(1)).isTrue();
        }
    }
}
