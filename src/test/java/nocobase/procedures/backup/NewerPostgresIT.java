package nocobase.procedures.backup;

import static nocobase.procedures.backup.Steps.done;
import static nocobase.procedures.backup.Steps.doneWith;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.util.List;
import nocobase.procedures.Requires;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Check.Result;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.docker.DockerScene;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Restore points on a newer major version of PostgreSQL than the one that all other tests have. */
@Requires("docker")
class NewerPostgresIT {

    private static BackupScene scene;
    private PostgresRestorePoints points;
    private OperationId operation;

    @BeforeAll
    static void build() {
        scene = new BackupScene(DockerScene.of(2).databaseImage(DockerScene.NEWER_POSTGRES));
    }

    @AfterAll
    static void remove() {
        scene.close();
    }

    @BeforeEach
    void begin() {
        scene.reset();
        scene.fill(5000);
        scene.inStorage("mkdir -p /s/plugins /s/uploads; echo one > /s/plugins/p; echo picture > /s/uploads/p");
        points = scene.restorePoints();
        operation = scene.operation();
    }

    @Test
    void theClusterComesBackFromTheCloneAndFromTheProvenDump() {
        scene.admin(
                "postgres",
                "alter database nocobase connection limit 20",
                "alter database nocobase set work_mem to '8MB'",
                "comment on database nocobase is 'ours'");
        scene.sql("nocobase", "alter table users add twice text generated always as (email || email) virtual");
        DatabaseTraits before = scene.traits("nocobase");
        List<String> databases = scene.databases();
        assertThat(points.check()).allMatch(check -> check.result() == Result.PASS);
        assertThat(scene.databases()).isEqualTo(databases);

        done(() -> points.take(operation));
        assertThat(done(() -> points.secure(operation)).state()).isEqualTo(RestorePoint.State.VERIFIED);
        OperationId proof = scene.operation();
        assertThat(doneWith(() -> points.verify(operation.value(), proof)).rows())
                .isGreaterThan(5000);
        comesBack(before);
        comesBack(before);
    }

    /** The first time from the clone, which is used up by it. */
    private void comesBack(DatabaseTraits before) {
        scene.sql("nocobase", "delete from users", "update \"applicationVersion\" set value = '2.2.16'");
        OperationId rollback = scene.operation();

        done(() -> points.restore(operation.value(), rollback));

        assertThat(scene.value("nocobase", "select value from \"applicationVersion\""))
                .isEqualTo("2.2.15");
        assertThat(scene.value("nocobase", "select count(twice) from users")).isEqualTo("5000");
        assertThat(scene.traits("nocobase")).isEqualTo(before);
        assertThat(scene.inStorage("cat /s/plugins/p")).isEqualTo("one");
    }

    @Test
    void aServingClusterIsRehearsedWithoutASessionOfItsEnding() throws Exception {
        try (Connection client = scene.connect("nocobase", "")) {
            assertThat(dryRun().result()).as(dryRun().toString()).isEqualTo(Result.PASS);
            assertThat(client.isValid(1)).isTrue();
        }
    }

    /** The provider of locales that the server itself brings, since PostgreSQL 17. */
    @Test
    void aDatabaseWithTheBuiltInLocaleIsRehearsed() {
        scene.admin(
                "postgres",
                "drop database nocobase with (force)",
                "create database nocobase owner nocobase template template0 locale_provider builtin builtin_locale"
                        + " 'C.UTF-8'");
        scene.fill(10);

        assertThat(dryRun().result()).as(dryRun().toString()).isEqualTo(Result.PASS);
    }

    @Test
    void whatOnlyASuperuserMayRestoreIsFound() {
        scene.admin("nocobase", "create extension dblink");

        assertThat(dryRun().result()).isEqualTo(Result.FAIL);
        assertThat(dryRun().finding()).contains("permission denied to create extension");
    }

    @Test
    void aCollationOfAnotherSystemIsFound() {
        scene.admin(
                "postgres",
                "drop database nocobase with (force)",
                "create database nocobase owner nocobase template template0 locale_provider icu icu_locale 'en'");
        scene.fill(10);
        scene.admin("postgres", "update pg_database set datcollversion = '0.1' where datname = 'nocobase'");

        Check check = dryRun();

        assertThat(check.result()).isEqualTo(Result.FAIL);
        assertThat(check.finding()).contains("collation version");
        assertThat(check.remedy()).contains("REFRESH COLLATION VERSION");
    }

    private Check dryRun() {
        return points.check().stream()
                .filter(check -> check.name().equals("Dry run of restore point and rollback"))
                .findFirst()
                .orElseThrow();
    }
}
