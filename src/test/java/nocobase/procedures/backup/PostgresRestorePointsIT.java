package nocobase.procedures.backup;

import static nocobase.procedures.backup.Steps.done;
import static nocobase.procedures.backup.Steps.failed;
import static nocobase.procedures.backup.Steps.pending;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import nocobase.procedures.Requires;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.docker.DockerScene;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Restore points of a stopped cluster on the real engine: real PostgreSQL, real tools, real volumes. */
@Requires("docker")
class PostgresRestorePointsIT {

    private static final int ROWS = 20000;

    private static BackupScene scene;
    private PostgresRestorePoints points;
    private OperationId operation;
    private OperationId rollback;

    @BeforeAll
    static void build() {
        scene = new BackupScene();
    }

    @AfterAll
    static void remove() {
        scene.close();
    }

    @BeforeEach
    void begin() {
        scene.reset();
        scene.fill(ROWS);
        scene.inStorage("mkdir -p /s/plugins/a /s/apps/main /s/uploads /s/logs; echo one > /s/plugins/a/p.js;"
                + " echo key > /s/apps/main/aes.dat; echo picture > /s/uploads/p.png; echo log > /s/logs/l;"
                + " ln -s a /s/plugins/link; echo odd > '/s/plugins/odd name\n$(x)'; chown -R 1000:1001 /s/plugins/a");
        points = scene.restorePoints();
        operation = scene.operation();
        rollback = scene.operation();
    }

    @Test
    void theClusterComesBackToTheRestorePoint() {
        assertThat(points.check()).allMatch(check -> check.result() == Check.Result.PASS);

        RestorePoint taken = done(() -> points.take(operation));
        RestorePoint secured = done(() -> points.secure(operation));
        damage();
        RestorePoint restored = done(() -> points.restore(operation.value(), rollback));

        assertThat(taken.state()).isEqualTo(RestorePoint.State.CLONED);
        assertThat(secured.state()).isEqualTo(RestorePoint.State.VERIFIED);
        assertThat(restored.state()).isEqualTo(RestorePoint.State.DUMP_ONLY);
        assertRestored();
        assertThat(scene.inStorage("cat /s/" + new Restoral(operation.value(), rollback).folder() + "/plugins/new"))
                .isEqualTo("new");
        assertThat(scene.value(
                        new Restoral(operation.value(), rollback).aside("nocobase"), "select count(*) from users"))
                .isEqualTo("0");
    }

    /** This server asks for passwords, as production's do. */
    @Test
    void aWrongPasswordIsRefusedAndNotTold() {
        assertWrongPassword(Map.of("database.password", "a-wrong-password"), DockerScene.ROLE);
        assertWrongPassword(
                Map.of("database.admin-user", DockerScene.ADMIN, "database.admin-password", "a-wrong-password"),
                DockerScene.ADMIN);
    }

    private static void assertWrongPassword(Map<String, String> wrong, String user) {
        assertThat(scene.restorePoints(wrong).check()).singleElement().satisfies(check -> {
            assertThat(check.result()).isEqualTo(Check.Result.FAIL);
            assertThat(check.finding())
                    .contains("password authentication failed for user \"" + user + "\"")
                    .doesNotContain("a-wrong-password");
            assertThat(check.remedy()).contains("Correct user and password below procedures.clusters", user);
        });
    }

    @Test
    void theDurableCopyExplainsItselfAndKeepsSecretsForRootAlone() {
        done(() -> points.take(operation));
        done(() -> points.secure(operation));

        String folder = "/r/" + scene.docker.name() + "/" + operation;
        assertThat(scene.inStorage("cd " + folder + "; sha256sum -c --quiet SHA256SUMS; cut -c 67- SHA256SUMS"))
                .contains("./nodes.json", "./storage.tar", "./uploads.tar", "./database-1/toc.dat");
        assertThat(scene.inStorage("cd " + folder + "; cat manifest.json; grep -o '\"bytes\" : [0-9]*' manifest.json"))
                .contains("\"id\" : \"" + operation, "2.2.15", scene.docker.node(2), "pg_dump (PostgreSQL) 15")
                .doesNotContain(DockerScene.APP_KEY, DockerScene.PASSWORD);
        assertThat(scene.inStorage("cd " + folder + "; stat -c '%a %u' nodes.json manifest.json; cat nodes.json"))
                .startsWith("600 0\n600 0\n")
                .contains(DockerScene.APP_KEY, scene.docker.node(1), scene.docker.node(2));
    }

    @Test
    void itComesBackFromTheDumpWhenTheCloneIsGone() {
        scene.admin(
                "postgres",
                "alter database nocobase connection limit 2",
                "alter database nocobase set work_mem to '8MB'",
                "revoke connect on database nocobase from public",
                "comment on database nocobase is 'ours'");
        scene.sql("nocobase", "grant select on users to pg_monitor with grant option");
        DatabaseTraits before = scene.traits("nocobase");
        done(() -> points.take(operation));
        done(() -> points.secure(operation));
        done(() -> points.dropClone(operation));
        assertThat(scene.databases()).doesNotContain("nocobase_rp_" + operation.shortId());
        damage();

        RestorePoint restored = done(() -> points.restore(operation.value(), rollback));

        assertThat(restored.state()).isEqualTo(RestorePoint.State.DUMP_ONLY);
        assertRestored();
        assertThat(scene.traits("nocobase")).isEqualTo(before);
        assertThat(scene.value(
                        "nocobase", "select has_table_privilege('pg_monitor', 'users', 'select with grant option')"))
                .isEqualTo("t");
        assertThat(scene.value("nocobase", "select tableowner from pg_tables where tablename = 'users'"))
                .isEqualTo(DockerScene.ROLE);
        OperationId again = scene.operation();
        assertThat(done(() -> points.restore(operation.value(), again)).state())
                .isEqualTo(RestorePoint.State.DUMP_ONLY);
    }

    @Test
    void aDurableCopyDamagedBeforeItsCloneIsDroppedIsMadeAnew() {
        done(() -> points.take(operation));
        done(() -> points.secure(operation));
        spoilCopy();

        assertThat(done(() -> points.dropClone(operation)).state()).isEqualTo(RestorePoint.State.DUMP_ONLY);

        assertThat(scene.databases()).doesNotContain("nocobase_rp_" + operation.shortId());
        assertThat(Steps.doneWith(() -> points.verify(operation.value(), rollback))
                        .rows())
                .isGreaterThan(0);
    }

    @Test
    void aDurableCopyDamagedLaterIsRefusedBeforeAnythingIsTouched() {
        done(() -> points.take(operation));
        done(() -> points.secure(operation));
        done(() -> points.dropClone(operation));
        damage();
        spoilCopy();

        assertThat(Steps.failedWith(() -> points.verify(operation.value(), rollback))
                        .what())
                .contains(".dat.gz: FAILED");
        Failure failure = failed(() -> points.restore(operation.value(), rollback));

        assertThat(failure.what()).contains(".dat.gz: FAILED");
        assertThat(failure.remedy()).contains("another restore point");
        assertThat(scene.value("nocobase", "select count(*) from users")).isEqualTo("0");
        assertThat(scene.inStorage("cat /s/plugins/new; ls -A /s"))
                .startsWith("new")
                .doesNotContain(".replaced");
    }

    @Test
    void aDumpDamagedWhileItIsWrittenIsNoRestorePoint() {
        try (ToolsImage image = ToolsImage.with(
                "/usr/lib/postgresql/15/bin/pg_dump.real \"$@\"\n"
                        + "for a in \"$@\"; do case $a in --file=*) d=${a#--file=};; esac; done\n"
                        + "f=$(ls -S $d/*.dat* | head -1); printf '\\377' | dd of=$f bs=1 seek=1000 conv=notrunc 2>/dev/null")) {
            PostgresRestorePoints damaged = scene.restorePoints(Map.of("database.tools-image", image.name()));
            done(() -> damaged.take(operation));

            assertThat(failed(() -> damaged.secure(operation)).what()).contains("damaged");
            assertThat(damaged.find(operation.value()).orElseThrow().state()).isEqualTo(RestorePoint.State.CLONED);
        }
        assertThat(done(() -> points.secure(operation)).state()).isEqualTo(RestorePoint.State.VERIFIED);
    }

    @Test
    void aDumpThatLacksATableIsNoRestorePoint() {
        try (ToolsImage image =
                ToolsImage.with("exec /usr/lib/postgresql/15/bin/pg_dump.real \"$@\" --exclude-table=users")) {
            PostgresRestorePoints lossy = scene.restorePoints(Map.of("database.tools-image", image.name()));
            done(() -> lossy.take(operation));

            Failure failure = failed(() -> lossy.secure(operation));

            assertThat(failure.what()).contains("incomplete");
            assertThat(failure.logTail()).contains("1259 " + scene.value("nocobase", "select 'users'::regclass::oid"));
        }
    }

    @Test
    void aRunningDumpIsCancelledByARollback() {
        try (ToolsImage image = ToolsImage.with("psql -c 'select pg_sleep(600)'")) {
            PostgresRestorePoints slow = scene.restorePoints(Map.of("database.tools-image", image.name()));
            done(() -> slow.take(operation));
            pending(() -> slow.secure(operation), "Dumping");
            Awaitility.await("the dump reads the clone")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> !"0"
                            .equals(scene.value(
                                    "postgres",
                                    "select count(*) from pg_stat_activity where datname = 'nocobase_rp_"
                                            + operation.shortId() + "'")));
            damage();

            RestorePoint restored = done(() -> slow.restore(operation.value(), rollback));

            assertThat(restored.state()).isEqualTo(RestorePoint.State.CLONED);
            assertRestored();
            assertThat(scene.containers.running(operation + "-dump")).isFalse();
        }
        // What the clone alone could give is still there for the next one, and for the durable copy.
        assertThat(done(() -> points.secure(operation)).state()).isEqualTo(RestorePoint.State.VERIFIED);
        damage();
        OperationId again = scene.operation();
        assertThat(done(() -> points.restore(operation.value(), again)).state())
                .isEqualTo(RestorePoint.State.DUMP_ONLY);
        assertRestored();
    }

    @Test
    void anotherInstanceGoesOnWhereTheFirstWasCutOff() {
        points.take(operation);
        PostgresRestorePoints another = scene.restorePoints();
        done(() -> another.take(operation));
        done(() -> points.take(operation));
        pending(() -> points.secure(operation), "Dumping");
        done(() -> another.secure(operation));
        damage();
        points.restore(operation.value(), rollback);
        done(() -> another.restore(operation.value(), rollback));
        done(() -> points.restore(operation.value(), rollback));

        assertRestored();
        scene.sql("nocobase", "insert into users (id, email) values (0, 'after')");
        PostgresRestorePoints third = scene.restorePoints();
        done(() -> third.restore(operation.value(), rollback));
        assertThat(scene.value("nocobase", "select count(*) from users")).isEqualTo(String.valueOf(ROWS + 1));
    }

    @Test
    void aCloneWhoseClientDiedIsAwaitedAndNotMadeTwice() throws SQLException {
        String clone = "nocobase_rp_" + operation.shortId();
        // As long as somebody is connected to its source, the server's CREATE DATABASE waits, up to 5 s.
        try (Connection holding = scene.connect("nocobase", "test");
                Connection dying = scene.connect("postgres", DatabaseServer.APPLICATION)) {
            ServerLock.take(dying, "nocobase", text -> {});
            dying.setNetworkTimeout(Runnable::run, 150);
            assertThatThrownBy(() -> DatabaseServer.execute(
                            dying, "create database " + clone + " template nocobase strategy file_copy"))
                    .hasMessageContaining("I/O error");
            assertThat(dying.isClosed()).isTrue();

            pending(() -> points.take(operation), "create database " + clone);
            assertThat(scene.databases()).doesNotContain(clone);
            assertThat(holding.isValid(2)).isTrue();
        }
        Awaitility.await("the server finishes what its client left")
                .until(() -> scene.databases().contains(clone));
        String made = scene.value("postgres", "select oid from pg_database where datname = '" + clone + "'");

        done(() -> points.take(operation));

        assertThat(scene.value("postgres", "select oid from pg_database where datname = '" + clone + "'"))
                .isEqualTo(made);
        assertThat(scene.value(clone, "select count(*) from users")).isEqualTo(String.valueOf(ROWS));
    }

    @Test
    void dumpFirstMakesNoCloneAndComesBackToo() {
        PostgresRestorePoints dumpFirst = scene.restorePoints(Map.of("restore-points.mode", "dump-first"));

        RestorePoint taken = done(() -> dumpFirst.take(operation));
        assertThat(taken.state()).isEqualTo(RestorePoint.State.VERIFIED);
        assertThat(scene.databases()).noneMatch(name -> name.contains("_rp_"));
        assertThat(done(() -> dumpFirst.secure(operation))).isEqualTo(taken);
        damage();
        done(() -> dumpFirst.restore(operation.value(), rollback));

        assertRestored();
    }

    @Test
    void aFullVolumeStopsArchiveAndDumpWithTheReason() {
        String small = scene.smallVolume("2m");
        PostgresRestorePoints full = scene.restorePoints(Map.of("restore-points.volume", small));
        scene.inStorage("head -c 6000000 /dev/urandom > /s/plugins/big");

        Failure archive = failed(() -> full.take(operation));
        assertThat(archive.what()).contains("archiving the storage".substring(1));
        assertThat(archive.remedy()).as(archive.toString()).contains("Make room");
        assertThat(full.list()).isEmpty();

        scene.inStorage("rm /s/plugins/big");
        scene.sql(
                "nocobase",
                "create table bulk as select md5(random()::text) || md5(random()::text) as noise from"
                        + " generate_series(1, 100000)");
        OperationId next = scene.operation();
        done(() -> full.take(next));
        Failure dump = failed(() -> full.secure(next));
        assertThat(dump.logTail()).contains("No space left on device");
        assertThat(dump.remedy()).contains("Make room");
        assertThat(full.check())
                .anyMatch(check ->
                        check.name().equals("Room for the durable copy") && check.result() == Check.Result.FAIL);
    }

    @Test
    void pruningRemovesFoldersClonesAndReplacedDatabases() {
        PostgresRestorePoints keepOne = scene.restorePoints(Map.of("restore-points.keep", "1"));
        done(() -> keepOne.take(operation));
        done(() -> keepOne.restore(operation.value(), rollback));
        done(() -> keepOne.secure(operation));
        OperationId second = scene.operation();
        done(() -> keepOne.restore(operation.value(), second));
        OperationId next = scene.operation();
        done(() -> keepOne.take(next));
        done(() -> keepOne.secure(next));

        keepOne.prune(java.util.Set.of());

        assertThat(keepOne.list()).extracting(RestorePoint::id).containsExactly(next.value());
        assertThat(scene.inStorage("ls /r/" + scene.docker.name())).isEqualTo(next.value());
        Restoral newest = new Restoral(operation.value(), second);
        assertThat(scene.databases())
                .contains("nocobase_rp_" + next.shortId(), newest.aside("nocobase"))
                .filteredOn(name -> name.contains("_before_") || name.contains("_failed_"))
                .hasSize(1);
        assertThat(scene.inStorage("ls -A /s | grep replaced")).isEqualTo(newest.folder());
    }

    @Test
    void theStorageComesBackAsItWasHoweverOddItIs() {
        String make = "cd /s/plugins; mkdir -p empty 'with blank' ./--option; touch './-rf' ./--option/x zero;"
                + " mkdir -p $(seq -s / 1 60 | sed 's/[0-9]*/directory-&/g'); touch $(seq -s / 1 60 | sed"
                + " 's/[0-9]*/directory-&/g')/deep; touch \"$(printf '%0250d' 0)\" \"$(printf 'tab\\tand \\303\\266 \\377')\";"
                + " ln -s nowhere dangling; ln -s ../apps outside; echo shared > one; ln one two; chmod 640 one;"
                + " head -c 3000000 /dev/urandom > big; chown 1234:4321 big; touch -d '2020-02-02 02:02:02' zero;"
                + " rm -rf /s/scripts; mkdir /s/elsewhere; ln -s elsewhere /s/scripts";
        String look = "cd /s; export LC_ALL=C; { find plugins apps scripts ! -type d -printf '%p %y %m %U:%G %s %Ts %n"
                + " %l\\0'; find plugins -type f -print0 | sort -z | xargs -0 sha256sum -z; readlink -z scripts; } | sort -z"
                + " | sha256sum";
        scene.inStorage(make);
        String before = scene.inStorage(look);
        done(() -> points.take(operation));
        scene.inStorage("rm -rf /s/plugins /s/scripts; mkdir /s/scripts; touch /s/scripts/new");

        done(() -> points.restore(operation.value(), rollback));

        assertThat(scene.inStorage(look)).isEqualTo(before);
        assertThat(scene.inStorage("find /s/plugins | wc -l")).isEqualTo("80");
    }

    @Test
    void nodesOfTheSceneThatRunKeepARestorePointFromBeingTaken() {
        scene.docker.startNode(2);

        assertThat(failed(() -> points.take(operation)).what()).contains(scene.docker.node(2));
    }

    /** What a broken upgrade does, and more. */
    private void spoilCopy() {
        scene.inStorage("cd /r/" + scene.docker.name() + "/" + operation + "/database-1; f=$(ls -S *.dat* | head -1);"
                + " printf '\\377' | dd of=$f bs=1 seek=1000 conv=notrunc 2>/dev/null");
    }

    private void damage() {
        scene.sql(
                "nocobase",
                "drop view names",
                "drop materialized view counted",
                "drop publication changes",
                "drop extension pg_trgm",
                "delete from users",
                "select lo_unlink(oid) from pg_largeobject_metadata",
                "update \"applicationVersion\" set value = '2.2.16'");
        scene.inStorage("rm -rf /s/plugins/a; echo new > /s/plugins/new; echo two > /s/apps/main/aes.dat;"
                + " touch /s/.upgrading; rm -f /s/uploads/p.png; echo later > /s/uploads/later.png");
    }

    private void assertRestored() {
        assertThat(scene.value("nocobase", "select count(*) from names")).isEqualTo(String.valueOf(ROWS));
        assertThat(scene.value("nocobase", "select last_value from users_id_seq"))
                .isEqualTo("4711");
        assertThat(scene.value("nocobase", "select value from \"applicationVersion\""))
                .isEqualTo("2.2.15");
        assertThat(scene.value("nocobase", "select convert_from(lo_get(oid), 'UTF8') from pg_largeobject_metadata"))
                .isEqualTo("a large object");
        assertThat(scene.value("nocobase", "select count from counted")).isEqualTo(String.valueOf(ROWS));
        assertThat(scene.value("nocobase", "select tablename from pg_publication_tables where pubname = 'changes'"))
                .isEqualTo("users");
        assertThat(scene.value("nocobase", "select show_trgm('a') is not null")).isEqualTo("t");
        assertThat(scene.inStorage("cat /s/plugins/a/p.js /s/apps/main/aes.dat /s/uploads/later.png;"
                        + " ls /s/plugins | wc -l; test ! -e /s/.upgrading; readlink /s/plugins/link; stat -c %u:%g"
                        + " /s/plugins/a/p.js; cat /s/logs/l"))
                .isEqualTo("one\nkey\nlater\n4\na\n1000:1001\nlog");
    }
}
