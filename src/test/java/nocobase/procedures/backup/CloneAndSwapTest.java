package nocobase.procedures.backup;

import static nocobase.procedures.backup.EmbeddedCluster.operation;
import static nocobase.procedures.backup.Steps.done;
import static nocobase.procedures.backup.Steps.failed;
import static nocobase.procedures.backup.Steps.pending;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.RestorePoint;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The rules of cloning and swapping, on a real server; the jobs are answered without containers. */
class CloneAndSwapTest {

    private static EmbeddedCluster cluster;
    private PostgresRestorePoints points;

    @BeforeAll
    static void start() {
        cluster = new EmbeddedCluster();
    }

    @BeforeEach
    void begin() {
        cluster.reset();
        points = cluster.restorePoints(Map.of());
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void restoredDatabaseHasItsContentAgainAndTheReplacedOneIsKept() {
        cluster.sql(
                "nocobase",
                "select setval('users_id_seq', 4711)",
                "create view emails as select email from users",
                "select lo_from_bytea(4242, 'large')");
        cluster.admin(
                "nocobase", "create publication everything for all tables", "create extension if not exists plpgsql");
        OperationId operation = operation();
        RestorePoint taken = done(() -> points.take(operation));
        cluster.sql("nocobase", "drop view emails", "delete from users", "select lo_unlink(4242)");

        OperationId rollback = operation();
        RestorePoint restored = done(() -> points.restore(operation.value(), rollback));

        assertThat(taken.state()).isEqualTo(RestorePoint.State.CLONED);
        assertThat(taken.version()).hasToString("2.2.15");
        assertThat(taken.databases()).containsExactly("nocobase");
        assertThat(taken.size()).isGreaterThan(1_000_000);
        assertThat(restored.state()).isEqualTo(RestorePoint.State.SPENT);
        assertThat(cluster.value("nocobase", "select count(*) from emails")).isEqualTo("100");
        assertThat(cluster.value("nocobase", "select last_value from users_id_seq"))
                .isEqualTo("4711");
        assertThat(cluster.value("nocobase", "select convert_from(lo_get(4242), 'UTF8')"))
                .isEqualTo("large");
        assertThat(cluster.value("nocobase", "select pubname from pg_publication"))
                .isEqualTo("everything");
        assertThat(cluster.value("nocobase_failed_" + rollback.shortId(), "select count(*) from users"))
                .isEqualTo("0");
        assertThat(cluster.exists("nocobase_rp_" + operation.shortId())).isFalse();
    }

    @Test
    void aRestorePointThatIsGivenUpLeavesNothingUnderWay() {
        OperationId operation = operation();
        points.take(operation);

        points.discard(operation);

        assertThat(
                        cluster.value(
                                "postgres",
                                "select count(*) from pg_stat_activity where state = 'active' and query like 'CREATE DATABASE %'"))
                .isEqualTo("0");
        PostgresRestorePoints later = cluster.restorePoints(Map.of());
        OperationId another = operation();
        assertThat(done(() -> later.take(another)).state()).isEqualTo(RestorePoint.State.CLONED);
    }

    @Test
    void aCompleteRestorePointIsNotGivenUp() {
        OperationId operation = operation();
        done(() -> points.take(operation));

        points.discard(operation);

        assertThat(points.find(operation.value())).isPresent();
        assertThat(cluster.exists("nocobase_rp_" + operation.shortId())).isTrue();
    }

    @Test
    void privilegesSettingsLimitAndCommentComeAlong() {
        cluster.admin(
                "postgres",
                "create role reader login",
                "create role \"odd \"\"role\"",
                "revoke all on database nocobase from public",
                "grant connect on database nocobase to reader with grant option",
                "grant temporary, create on database nocobase to \"odd \"\"role\"",
                "alter database nocobase set search_path to \"$user\", \"odd, \"\"schema\", public",
                "alter database nocobase set work_mem to '8MB'",
                "alter database nocobase set log_statement to 'ddl'",
                "alter database nocobase set \"some.extension_setting\" to 'it''s = \\ here'",
                "alter role nocobase in database nocobase set statement_timeout to '12s'",
                "alter role reader in database nocobase set default_transaction_read_only to on",
                "alter database nocobase connection limit 17",
                "comment on database nocobase is 'it''s ours'");
        DatabaseTraits before = cluster.traits("nocobase");
        PostgresRestorePoints admin = cluster.restorePoints(EmbeddedCluster.withAdmin());
        OperationId operation = operation();

        done(() -> admin.take(operation));
        DatabaseTraits aside = cluster.traits("nocobase_rp_" + operation.shortId());
        OperationId rollback = operation();
        done(() -> admin.restore(operation.value(), rollback));

        assertThat(before.grants()).hasSizeGreaterThan(4);
        assertThat(before.settings()).hasSize(6);
        assertThat(aside.connectionLimit()).isEqualTo(-1);
        assertThat(cluster.traits("nocobase")).isEqualTo(before);
    }

    @Test
    void aSettingThatTheRoleMayNotGiveStopsTheProcedureAndIsNamed() {
        cluster.admin("postgres", "alter database nocobase set log_statement to 'ddl'");
        OperationId operation = operation();

        Failure failure = failed(() -> points.take(operation));

        assertThat(failure.what()).contains("log_statement");
        assertThat(failure.remedy()).contains("admin-user");
        cluster.admin("postgres", "alter database nocobase reset log_statement");
        done(() -> points.take(operation));
    }

    @Test
    void aForeignSessionIsNamedAndLeftAlone() throws SQLException {
        OperationId operation = operation();
        try (Connection foreign = cluster.connect("nocobase", "nocobase", "pgAdmin 4")) {
            int pid = DatabaseServer.one(foreign, "select pg_backend_pid()", row -> row.getInt(1));

            Failure failure = failed(() -> points.take(operation));

            assertThat(failure.what()).contains("process " + pid, "user nocobase", "\"pgAdmin 4\"", "127.0.0.1");
            assertThat(failure.remedy()).contains("pg_terminate_backend(" + pid + ")");
            assertThat(foreign.isValid(2)).isTrue();
        }
        assertThat(done(() -> points.take(operation)).state()).isEqualTo(RestorePoint.State.CLONED);
    }

    @Test
    void aSessionLeftByAStoppedNodeIsEnded() throws SQLException {
        OperationId operation = operation();
        try (Connection left = cluster.connect("nocobase", "nocobase", "")) {
            assertThat(done(() -> points.take(operation)).state()).isEqualTo(RestorePoint.State.CLONED);
            assertThat(left.isValid(2)).isFalse();
        }
    }

    @Test
    void aForeignSessionStopsTheSwapAndNothingIsChanged() throws SQLException {
        OperationId operation = operation();
        done(() -> points.take(operation));
        OperationId rollback = operation();
        try (Connection foreign = cluster.connect("postgres", "nocobase", "psql")) {
            Failure failure = failed(() -> points.restore(operation.value(), rollback));

            assertThat(failure.what()).contains("psql");
            assertThat(foreign.isValid(2)).isTrue();
            assertThat(cluster.exists("nocobase_rp_" + operation.shortId())).isTrue();
            assertThat(cluster.containers.jobs).noneMatch(job -> job.name().endsWith("-storage-back"));
        }
        assertThat(done(() -> points.restore(operation.value(), rollback)).state())
                .isEqualTo(RestorePoint.State.SPENT);
    }

    @Test
    void aPreparedTransactionIsNamed() {
        cluster.sql("nocobase", "begin", "insert into users (email) values ('p')", "prepare transaction 'left behind'");
        OperationId operation = operation();

        Failure failure = failed(() -> points.take(operation));

        assertThat(failure.what()).contains("'left behind' of nocobase in database nocobase");
        cluster.sql("nocobase", "rollback prepared 'left behind'");
        done(() -> points.take(operation));
    }

    @Test
    void workOfAnEngineThatDiedIsAwaitedAndTakenOver() throws SQLException {
        OperationId operation = operation();
        String clone = "nocobase_rp_" + operation.shortId();
        try (Connection dead = cluster.connect("nocobase", "postgres", DatabaseServer.APPLICATION)) {
            ServerLock.take(dead, "nocobase", text -> {});
            pending(() -> points.take(operation), "another engine began");
            DatabaseServer.execute(dead, "create database " + clone + " template nocobase");
        }
        String made = cluster.value("postgres", "select oid from pg_database where datname = '" + clone + "'");

        done(() -> points.take(operation));

        assertThat(cluster.value("postgres", "select oid from pg_database where datname = '" + clone + "'"))
                .isEqualTo(made);
    }

    @Test
    void anInstanceWithoutMemoryContinuesARestore() {
        OperationId operation = operation();
        done(() -> points.take(operation));
        StoredRestorePoint before = cluster.catalogue.find(operation.value()).orElseThrow();
        OperationId rollback = operation();
        done(() -> points.restore(operation.value(), rollback));
        cluster.sql("nocobase", "insert into users (email) values ('after the swap')");
        cluster.catalogue.save(before); // as if we had died between the swap and writing it down

        PostgresRestorePoints another = cluster.restorePoints(Map.of());
        RestorePoint again = done(() -> another.restore(operation.value(), rollback));

        assertThat(again.state()).isEqualTo(RestorePoint.State.SPENT);
        assertThat(cluster.value("nocobase", "select count(*) from users")).isEqualTo("101");
        assertThat(cluster.catalogue.find(operation.value()).orElseThrow().setAside())
                .containsExactly("nocobase_failed_" + rollback.shortId());
    }

    @Test
    void takingAgainChangesNothing() {
        OperationId operation = operation();
        RestorePoint first = done(() -> points.take(operation));
        cluster.sql("nocobase", "delete from users");

        PostgresRestorePoints another = cluster.restorePoints(Map.of());

        assertThat(done(() -> another.take(operation))).isEqualTo(first);
        assertThat(another.list()).containsExactly(first);
        assertThat(another.find(operation.value())).contains(first);
        assertThat(cluster.value("nocobase_rp_" + operation.shortId(), "select count(*) from users"))
                .isEqualTo("100");
    }

    @Test
    void nothingIsTakenOrRestoredWhileANodeRuns() {
        OperationId operation = operation();
        done(() -> points.take(operation));
        cluster.nodes.running.set(true);
        OperationId other = operation();

        assertThat(failed(() -> points.take(other)).what()).contains("app-1, app-2");
        assertThat(failed(() -> points.restore(operation.value(), other)).what())
                .contains("app-1, app-2");
        assertThat(cluster.exists("nocobase_rp_" + other.shortId())).isFalse();
    }

    @Test
    void aRestorePointThatDoesNotExistOrIsSpentIsRefused() {
        OperationId operation = operation();
        done(() -> points.take(operation));
        OperationId first = operation();
        done(() -> points.restore(operation.value(), first));
        OperationId second = operation();

        assertThat(failed(() -> points.restore(operation.value(), second)).what())
                .contains("nothing left");
        assertThat(failed(() -> points.restore("emb-doesnotx", second)).what()).contains("no restore point");
        assertThat(failed(() -> points.secure(operation)).what()).contains("was used by a rollback");
        assertThat(failed(() -> points.secure(second)).what()).contains("was not taken");
    }

    @Test
    void aNameWithoutRoomIsRefusedBeforeAnythingIsMade() {
        String longName = "n".repeat(48);
        cluster.admin("postgres", "create database " + longName + " owner nocobase");
        PostgresRestorePoints named = cluster.restorePoints(Map.of("database.name", longName));
        OperationId operation = operation();

        assertThat(failed(() -> named.take(operation)).what()).contains("too long");
        assertThat(cluster.catalogue.list()).isEmpty();
    }

    @Test
    void aRoleThatMayNotCreateDatabasesFailsWithoutAnAdministratorAndPassesWithOne() {
        cluster.admin("postgres", "alter role nocobase nocreatedb");
        OperationId operation = operation();

        Failure failure = failed(() -> points.take(operation));
        assertThat(failure.what()).contains("permission denied");
        assertThat(failure.remedy()).contains("admin-user");

        PostgresRestorePoints admin = cluster.restorePoints(EmbeddedCluster.withAdmin());
        done(() -> admin.take(operation));
        assertThat(cluster.traits("nocobase_rp_" + operation.shortId()).owner()).isEqualTo("nocobase");
    }

    @Test
    void subApplicationsAreClonedAndSwappedTogether() {
        cluster.sql(
                "nocobase",
                "create table applications (name text primary key, options json)",
                "create schema inside",
                "insert into applications values ('shop', '{}'), ('blog', '{\"database\": {\"database\": \"blog data\"}}'),"
                        + " ('inside', '{\"dbConnType\": \"new_schema\"}'), ('old', null)");
        cluster.admin(
                "postgres",
                "create database shop owner nocobase",
                "create database \"blog data\" owner nocobase",
                "create database old owner nocobase");
        cluster.sql("blog%20data", "create table posts as select 1 as id");
        OperationId operation = operation();
        RestorePoint taken = done(() -> points.take(operation));
        cluster.sql("blog%20data", "drop table posts");

        OperationId rollback = operation();
        done(() -> points.restore(operation.value(), rollback));

        assertThat(taken.databases()).containsExactly("nocobase", "blog data", "old", "shop");
        assertThat(cluster.value("blog%20data", "select id from posts")).isEqualTo("1");
        assertThat(List.of("nocobase", "blog data", "old", "shop"))
                .allMatch(name -> cluster.exists(name + "_failed_" + rollback.shortId()));
    }

    @Test
    void aSubApplicationWithoutReachableDatabaseStopsTheRestorePoint() {
        cluster.sql(
                "nocobase",
                "create table applications (name text primary key, options json)",
                "insert into applications values ('shop', '{}')");
        OperationId operation = operation();
        assertThat(failed(() -> points.take(operation)).what()).contains("shop", "does not exist");

        cluster.sql(
                "nocobase",
                "update applications set options = '{\"dbConnType\": \"new_connection\", \"database\": {\"host\":"
                        + " \"elsewhere.example\"}}'");
        assertThat(failed(() -> points.take(operation)).what()).contains("shop", "elsewhere.example");
        assertThat(cluster.catalogue.list()).isEmpty();
    }

    @Test
    void aDatabaseThatWasDroppedComesBackToo() {
        OperationId operation = operation();
        done(() -> points.take(operation));
        cluster.admin("postgres", "drop database nocobase");
        OperationId rollback = operation();

        done(() -> points.restore(operation.value(), rollback));

        assertThat(cluster.value("nocobase", "select count(*) from users")).isEqualTo("100");
    }

    @Test
    void theDatabaseServerBeingAwayIsWorthAnotherTry() {
        PostgresRestorePoints away = cluster.restorePoints(Map.of("database.port", "1"));
        OperationId operation = operation();

        org.assertj.core.api.Assertions.assertThatThrownBy(() -> done(() -> away.take(operation)))
                .rootCause()
                .hasMessageContaining("refused");
    }

    @Test
    void aCloneIsDroppedOnlyWhenADurableCopyExists() {
        OperationId operation = operation();
        done(() -> points.take(operation));
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> points.dropClone(operation))
                .hasMessageContaining("no verified durable copy");

        done(() -> points.secure(operation));
        points.dropClone(operation);

        assertThat(cluster.exists("nocobase_rp_" + operation.shortId())).isFalse();
        assertThat(points.find(operation.value()).orElseThrow().state()).isEqualTo(RestorePoint.State.DUMP_ONLY);
    }

    @Test
    void pruningDropsClonesAndReplacedDatabasesOfSurplusRestorePointsOnly() {
        PostgresRestorePoints keepOne = cluster.restorePoints(Map.of("restore-points.keep", "1"));
        OperationId oldest = operation();
        done(() -> keepOne.take(oldest));
        done(() -> keepOne.secure(oldest));
        OperationId rollback = operation();
        done(() -> keepOne.restore(oldest.value(), rollback));
        OperationId middle = operation();
        done(() -> keepOne.take(middle));
        OperationId newest = operation();
        done(() -> keepOne.take(newest));

        keepOne.prune(java.util.Set.of(middle.value()));

        assertThat(keepOne.list()).extracting(RestorePoint::id).containsExactly(newest.value(), middle.value());
        assertThat(cluster.exists("nocobase_failed_" + rollback.shortId())).isFalse();
        assertThat(cluster.exists("nocobase_rp_" + middle.shortId())).isTrue();
        assertThat(cluster.exists("nocobase_rp_" + newest.shortId())).isTrue();

        keepOne.prune(java.util.Set.of());
        assertThat(keepOne.list()).extracting(RestorePoint::id).containsExactly(newest.value());
        assertThat(cluster.exists("nocobase_rp_" + middle.shortId())).isFalse();
    }
}
