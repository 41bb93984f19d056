package nocobase.procedures.backup;

import static nocobase.procedures.backup.EmbeddedCluster.operation;
import static nocobase.procedures.backup.Steps.done;
import static nocobase.procedures.backup.Steps.doneWith;
import static nocobase.procedures.backup.Steps.failed;
import static nocobase.procedures.backup.Steps.failedWith;
import static nocobase.procedures.backup.Steps.pending;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import nocobase.procedures.cluster.Containers.ExecResult;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.Holding;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.RestorePoint;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The rules of cloning and swapping, on a real server; the jobs are answered without containers. */
class CloneAndSwapTest {

    private final EmbeddedCluster cluster = EmbeddedCluster.shared();
    private PostgresRestorePoints points;

    @BeforeEach
    void begin() {
        cluster.reset();
        points = cluster.restorePoints(Map.of());
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
        assertThat(restored.state()).isEqualTo(RestorePoint.State.CLONED);
        assertThat(cluster.value("nocobase", "select count(*) from emails")).isEqualTo("100");
        assertThat(cluster.value("nocobase", "select last_value from users_id_seq"))
                .isEqualTo("4711");
        assertThat(cluster.value("nocobase", "select convert_from(lo_get(4242), 'UTF8')"))
                .isEqualTo("large");
        assertThat(cluster.value("nocobase", "select pubname from pg_publication"))
                .isEqualTo("everything");
        assertThat(cluster.value(
                        new Restoral(operation.value(), rollback).aside("nocobase"), "select count(*) from users"))
                .isEqualTo("0");
        assertThat(cluster.exists("nocobase_rp_" + operation.shortId())).isTrue();
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

    /** A database of the clone's name need not be its clone: cut short, or somebody else's. */
    @Test
    void aCloneThatIsNotEqualIsNoRestorePoint() {
        OperationId operation = operation();
        String clone = "nocobase_rp_" + operation.shortId();
        cluster.sql("postgres", "create database " + clone + " template nocobase");
        cluster.sql(clone, "alter table users add note text");

        Failure content = failed(() -> points.take(operation));

        assertThat(content.what()).contains("clone " + clone + " differs from database nocobase in its content");
        assertThat(content.remedy()).contains("Drop database " + clone);
        assertThat(content.logTail().lines().toList()).hasSize(2).allMatch(line -> line.contains(" columns, "));
        assertThat(points.find(operation.value())).isEmpty();

        cluster.admin(
                "postgres",
                "drop database " + clone,
                "create role stranger",
                "create database " + clone + " template nocobase owner stranger");

        Failure owner = failed(() -> points.take(operation));

        assertThat(owner.what()).contains("differs from database nocobase in its owner, privileges or settings");
        assertThat(owner.logTail()).contains("stranger");
        cluster.admin("postgres", "drop database " + clone);
        assertThat(done(() -> points.take(operation)).state()).isEqualTo(RestorePoint.State.CLONED);
    }

    @Test
    void aDatabaseFromTheDumpThatIsNotEqualDoesNotTakeThePlace() {
        cluster.admin("postgres", "alter database nocobase set work_mem to '8MB'", "create role stranger");
        OperationId operation = operation();
        done(() -> points.take(operation));
        done(() -> points.secure(operation));
        done(() -> points.dropClone(operation));
        OperationId rollback = operation();
        Restoral restoral = new Restoral(operation.value(), rollback);
        String fresh = restoral.fresh("nocobase");
        // What the job makes that restores the dump.
        cluster.containers.answers.put(restoral.dumpJob().replaceFirst(".*(?=-restore)", ""), new ExecResult(0, ""));
        cluster.admin("postgres", "create database " + fresh + " template nocobase owner stranger");
        PostgresRestorePoints admin = cluster.restorePoints(EmbeddedCluster.withAdmin());

        Failure failure = failed(() -> admin.restore(operation.value(), rollback));

        assertThat(failure.what())
                .contains(fresh, "owner nocobase (is stranger)")
                .doesNotContain("work_mem");
        assertThat(failure.remedy()).contains("Nothing has been replaced yet");
        assertThat(cluster.containers.jobs).noneMatch(job -> job.name().matches(".*-storage-back(-[a-z2-7]{8})?"));
        assertThat(cluster.exists(restoral.aside("nocobase"))).isFalse();

        cluster.admin("postgres", "alter database " + fresh + " owner to nocobase");
        done(() -> admin.restore(operation.value(), rollback));
        assertThat(cluster.exists(restoral.aside("nocobase"))).isTrue();
        assertThat(cluster.traits("nocobase").settings())
                .extracting(DatabaseTraits.Setting::name)
                .containsExactly("work_mem");
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
                .isEqualTo(RestorePoint.State.CLONED);
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
            pending(() -> points.take(operation), "another instance of the application began");
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
        cluster.containers.free = 1;
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
        assertThat(points.holdings())
                .filteredOn(holding -> holding.kind() == Holding.Kind.DATABASE)
                .extracting(Holding::name)
                .containsExactly(new Restoral(operation.value(), rollback).aside("nocobase"));
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
        cluster.containers.free = 1;
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
                .allMatch(name -> cluster.exists(new Restoral(operation.value(), rollback).aside(name)));
    }

    @Test
    void aSubApplicationWithoutReachableDatabaseStopsTheRestorePoint() {
        cluster.sql(
                "nocobase",
                "create table applications (name text primary key, options json)",
                "insert into applications values ('shop', '{}')");
        OperationId operation = operation();
        assertThat(failed(() -> points.take(operation)).what()).contains("shop", "doesn't exist");

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
    void aCopyThatWasDamagedSinceIsMadeAnewBeforeItsCloneIsDropped() {
        OperationId operation = operation();
        done(() -> points.take(operation));
        done(() -> points.secure(operation));
        cluster.containers.answers.put("-reread", new ExecResult(0, "damaged ./database-1/3004.dat.gz: FAILED\n"));
        cluster.containers.hanging.add("-dump");

        assertThat(points.dropClone(operation)).isInstanceOf(Progress.Pending.class);
        assertThat(points.dropClone(operation)).isInstanceOf(Progress.Pending.class);

        assertThat(points.find(operation.value()).orElseThrow().state()).isEqualTo(RestorePoint.State.CLONED);
        assertThat(cluster.exists("nocobase_rp_" + operation.shortId())).isTrue();
        cluster.containers.hanging.clear();
        cluster.containers.answers.put("-reread", new ExecResult(0, "intact yes\n"));
        assertThat(done(() -> points.dropClone(operation)).state()).isEqualTo(RestorePoint.State.DUMP_ONLY);
        assertThat(cluster.exists("nocobase_rp_" + operation.shortId())).isFalse();
    }

    @Test
    void aCloneStaysWhereTheStoragesArchiveIsLost() {
        OperationId operation = operation();
        done(() -> points.take(operation));
        done(() -> points.secure(operation));
        cluster.containers.answers.put("-reread", new ExecResult(0, "lost /restore-points/x/storage.tar\n"));

        Failure failure = failed(() -> points.dropClone(operation));

        assertThat(failure.what()).contains(operation.value(), "storage.tar", "clone of its databases is kept");
        assertThat(failure.remedy()).contains("take a new restore point");
        assertThat(cluster.exists("nocobase_rp_" + operation.shortId())).isTrue();
    }

    @Test
    void aCloneIsDroppedOnlyWhenADurableCopyExists() {
        OperationId operation = operation();
        done(() -> points.take(operation));
        assertThat(done(() -> points.dropClone(operation)).state())
                .as("never verified")
                .isEqualTo(RestorePoint.State.CLONED);
        assertThat(cluster.exists("nocobase_rp_" + operation.shortId())).isTrue();

        done(() -> points.secure(operation));
        done(() -> points.dropClone(operation));

        assertThat(cluster.exists("nocobase_rp_" + operation.shortId())).isFalse();
        assertThat(points.find(operation.value()).orElseThrow().state()).isEqualTo(RestorePoint.State.DUMP_ONLY);
    }

    @Test
    void pruningRemovesExactlyThePreviewAndNothingThatIsNeeded() {
        PostgresRestorePoints keepOne = cluster.restorePoints(Map.of("restore-points.keep", "1"));
        OperationId oldest = operation();
        done(() -> keepOne.take(oldest));
        OperationId first = operation();
        done(() -> keepOne.restore(oldest.value(), first)); // leaves the clone, which is all there is
        done(() -> keepOne.secure(oldest));
        OperationId second = operation();
        done(() -> keepOne.restore(oldest.value(), second));
        OperationId middle = operation();
        done(() -> keepOne.take(middle));
        OperationId newest = operation();
        done(() -> keepOne.take(newest));
        assertThat(keepOne.surplus(Set.of(middle.value(), oldest.value()))).isEmpty();
        String replacedFirst = new Restoral(oldest.value(), first).aside("nocobase");
        String replacedSecond = new Restoral(oldest.value(), second).aside("nocobase");
        List<Holding> preview = keepOne.surplus(Set.of(middle.value()));
        List<Holding> before = keepOne.holdings();
        // The oldest is the only one with a durable copy, and so indispensable.
        assertThat(preview)
                .extracting(Holding::kind, Holding::name)
                .containsExactly(
                        tuple(Holding.Kind.DATABASE, replacedFirst),
                        tuple(Holding.Kind.STORAGE, new Restoral(oldest.value(), first).folder()));
        assertThat(preview).allMatch(holding -> holding.size() > 0);

        keepOne.prune(Set.of(middle.value()));

        assertThat(keepOne.holdings())
                .containsExactlyElementsOf(before.stream()
                        .filter(holding -> !preview.contains(holding))
                        .toList());
        assertThat(cluster.exists(replacedFirst)).isFalse();
        assertThat(cluster.exists(replacedSecond)).isTrue();
        assertThat(cluster.exists("nocobase_rp_" + middle.shortId())).isTrue();
        assertThat(cluster.containers.jobs)
                .filteredOn(job -> job.name().endsWith("-remove-replaced"))
                .allMatch(job -> job.command().contains(new Restoral(oldest.value(), first).folder()))
                .isNotEmpty();

        done(() -> keepOne.secure(newest));
        assertThat(keepOne.surplus(Set.of())).extracting(Holding::name).containsExactly(middle.value(), oldest.value());
        keepOne.prune(Set.of());
        assertThat(keepOne.list()).extracting(RestorePoint::id).containsExactly(newest.value());
        assertThat(cluster.exists("nocobase_rp_" + middle.shortId())).isFalse();
        assertThat(cluster.exists("nocobase_rp_" + newest.shortId())).isTrue();
    }

    @Test
    void jobsThatCouldNotBeRemovedAreRemovedByTheNextLook() {
        OperationId operation = operation();
        cluster.containers.keepsContainers = true;
        awaitRefusal(() -> points.take(operation));
        cluster.containers.keepsContainers = false;
        done(() -> points.take(operation));
        assertThat(cluster.containers.present).isEmpty();

        cluster.containers.keepsContainers = true;
        awaitRefusal(() -> points.secure(operation));
        cluster.containers.keepsContainers = false;
        done(() -> points.secure(operation));
        assertThat(cluster.containers.present).isEmpty();
    }

    private static void awaitRefusal(Supplier<Progress<RestorePoint>> call) {
        Awaitility.await().untilAsserted(() -> assertThatThrownBy(call::get).hasMessageContaining("does not answer"));
    }

    @Test
    void aRollbackLeavesNoJobOfTheCopyThatItCancels() {
        OperationId operation = operation();
        done(() -> points.take(operation));
        cluster.containers.hanging.add("-seal");
        assertThat(points.secure(operation)).isInstanceOf(Progress.Pending.class);
        cluster.containers.running.add(CopyJobs.dumpName(operation.value()));

        OperationId rollback = operation();
        done(() -> points.restore(operation.value(), rollback));

        assertThat(cluster.containers.present).doesNotContainAnyElementsOf(CopyJobs.makingOf(operation.value()));
    }

    @Test
    void whatIsBeingRemovedIsOfferedNoMore() {
        PostgresRestorePoints keepOne = cluster.restorePoints(Map.of("restore-points.keep", "1"));
        OperationId old = operation();
        done(() -> keepOne.take(old));
        done(() -> keepOne.secure(old));
        OperationId newest = operation();
        done(() -> keepOne.take(newest));
        done(() -> keepOne.secure(newest));
        cluster.containers.answers.put("-remove", new ExecResult(1, "rm: input/output error\n"));

        assertThatThrownBy(() -> keepOne.prune(Set.of())).hasMessageContaining("input/output error");
        assertThat(keepOne.find(old.value()).orElseThrow().state()).isEqualTo(RestorePoint.State.SPENT);

        cluster.containers.answers.put("-remove", new ExecResult(0, "removed\n"));
        keepOne.prune(Set.of());
        assertThat(keepOne.list()).extracting(RestorePoint::id).containsExactly(newest.value());
    }

    @Test
    void pruningLeavesWhatAnotherClustersProcedureWorksWith() {
        PostgresRestorePoints keepOne = cluster.restorePoints(Map.of("restore-points.keep", "1"));
        OperationId sent = operation();
        done(() -> keepOne.take(sent));
        done(() -> keepOne.secure(sent));
        OperationId newest = operation();
        done(() -> keepOne.take(newest));
        done(() -> keepOne.secure(newest));
        assertThat(keepOne.surplus(Set.of())).extracting(Holding::name).containsExactly(sent.value());
        cluster.containers.running.add(sent + "-send");
        assertThat(keepOne.surplus(Set.of())).isEmpty();
        keepOne.prune(Set.of());
        assertThat(cluster.catalogue.find(sent.value())).isPresent();
        assertThat(cluster.exists("nocobase_rp_" + sent.shortId())).isTrue();

        cluster.containers.running.clear();
        // One that is being taken, perhaps between two of its jobs.
        cluster.catalogue.save(
                cluster.catalogue.find(sent.value()).orElseThrow().with(null));
        assertThat(keepOne.surplus(Set.of())).isEmpty();
    }

    @Test
    void schemaPrefixAndSpellingAreThoseOfTheCluster() {
        cluster.sql(
                "nocobase",
                "drop table \"applicationVersion\"",
                "create schema nb",
                "create table nb.x_application_version (id serial primary key, value text)",
                "insert into nb.x_application_version (value) values ('2.2.14')",
                "create table nb.x_application_plugins (name text, package_name text, enabled boolean)",
                "insert into nb.x_application_plugins values ('a', '@me/plugin-a', true), ('b', '@me/plugin-b', false)",
                "create table nb.x_applications (name text primary key, options json)",
                "insert into nb.x_applications values ('shop', '{}')");
        cluster.admin("postgres", "create database shop owner nocobase");
        PostgresRestorePoints named = cluster.restorePoints(
                Map.of("database.schema", "nb", "database.table-prefix", "x_", "database.underscored", "true"));
        OperationId operation = operation();

        RestorePoint taken = done(() -> named.take(operation));

        assertThat(taken.version()).hasToString("2.2.14");
        assertThat(taken.databases()).containsExactly("nocobase", "shop");
        assertThat(cluster.catalogue.find(operation.value()).orElseThrow().plugins())
                .containsExactly("@me/plugin-a");
        cluster.sql("nocobase", "drop schema nb cascade");
        OperationId rollback = operation();
        done(() -> named.restore(operation.value(), rollback));
        assertThat(cluster.value("nocobase", "select value from nb.x_application_version"))
                .isEqualTo("2.2.14");
    }

    @Test
    void anEarlierRestorePointIsRestoredAndTheOperationGoesBackFromThat() {
        OperationId earlier = operation();
        done(() -> points.take(earlier));
        done(() -> points.secure(earlier));
        cluster.sql("nocobase", "insert into users (email) values ('written since')");
        OperationId maintenance = operation();
        done(() -> points.take(maintenance));

        done(() -> points.restore(earlier.value(), maintenance));
        assertThat(cluster.value("nocobase", "select count(*) from users")).isEqualTo("100");
        done(() -> points.restore(maintenance.value(), maintenance));
        assertThat(cluster.value("nocobase", "select count(*) from users")).isEqualTo("101");

        cluster.sql("nocobase", "insert into users (email) values ('after it')");
        done(() -> points.restore(earlier.value(), maintenance));
        done(() -> points.restore(maintenance.value(), maintenance));
        assertThat(cluster.value("nocobase", "select count(*) from users")).isEqualTo("102");
        assertThat(points.holdings())
                .extracting(Holding::name)
                .contains(
                        "nocobase_failed_" + maintenance.shortId(),
                        new Restoral(earlier.value(), maintenance).aside("nocobase"));
    }

    @Test
    void aHalfMadeInstallationIsSetAsideWithItsSettings() {
        cluster.admin(
                "postgres",
                "create role reader login",
                "grant create on database nocobase to reader",
                "alter database nocobase set work_mem to '8MB'",
                "alter database nocobase connection limit 17",
                "comment on database nocobase is 'ours'");
        cluster.sql(
                "nocobase",
                "create table applications (name text primary key, options json)",
                "insert into applications values ('shop', '{}'), ('lost', '{}')");
        cluster.admin("nocobase", "create extension file_fdw");
        DatabaseTraits before = cluster.traits("nocobase");
        PostgresRestorePoints admin = cluster.restorePoints(EmbeddedCluster.withAdmin());
        OperationId operation = operation();
        cluster.nodes.running.set(true);
        assertThat(failedWith(() -> admin.setAside(operation)).what()).contains("app-1, app-2");
        cluster.nodes.running.set(false);

        List<Holding> kept = doneWith(() -> admin.setAside(operation));

        assertThat(kept).extracting(Holding::name).containsExactly("nocobase_aside_" + operation.shortId());
        assertThat(cluster.traits("nocobase")).isEqualTo(before);
        assertThat(cluster.value("nocobase", "select count(*) from pg_class where relname = 'users'"))
                .isEqualTo("0");
        assertThat(cluster.value("nocobase", "select extname from pg_extension where extname <> 'plpgsql'"))
                .isEqualTo("file_fdw");
        assertThat(cluster.value("nocobase_aside_" + operation.shortId(), "select count(*) from users"))
                .isEqualTo("100");
        cluster.sql("nocobase", "create table users as select 1 as id");
        PostgresRestorePoints another = cluster.restorePoints(EmbeddedCluster.withAdmin());
        assertThat(doneWith(() -> another.setAside(operation))).isEqualTo(kept);
        assertThat(cluster.value("nocobase", "select count(*) from users")).isEqualTo("1");
        assertThat(another.holdings()).containsAll(kept);
    }
}
