package nocobase.procedures.backup;

import static nocobase.procedures.backup.Steps.done;
import static nocobase.procedures.backup.Steps.failed;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.util.List;
import java.util.Map;
import nocobase.procedures.Requires;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Check.Result;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.RestorePoint;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the server or a job will refuse behind the maintenance page, or in a rollback, it refuses in the preconditions. */
@Requires("docker")
class DryRunIT {

    private static BackupScene scene;
    private PostgresRestorePoints points;
    private OperationId operation;

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
        scene.fill(1000);
        points = scene.restorePoints();
        operation = scene.operation();
    }

    @Test
    void aGoodClusterPassesAndNothingIsLeftOrChanged() throws Exception {
        scene.inStorage("mkdir -p /s/plugins /s/uploads; echo one > /s/plugins/p");
        List<String> before = scene.databases();
        try (Connection client = scene.connect("nocobase", "")) {
            long begun = System.nanoTime();
            Check check = dryRun();

            assertThat(check.result()).as(check.toString()).isEqualTo(Result.PASS);
            assertThat(check.finding()).contains("nocobase");
            assertThat((System.nanoTime() - begun) / 1_000_000_000L).isLessThan(30);
            System.out.println("DRY RUN " + check.finding());
            assertThat(client.isValid(1)).isTrue();
        }
        assertThat(scene.databases()).isEqualTo(before);
        assertThat(scene.inStorage("ls -A /s /s/plugins; ls -A /r/* | grep dry || true"))
                .doesNotContain("dry");
        assertThat(scene.value("nocobase", "select count(*) from users")).isEqualTo("1000");
    }

    @Test
    void whatOnlyASuperuserMayRestoreIsFoundBeforehandAndNotCalledVerified() {
        scene.admin("nocobase", "create extension dblink");

        Check check = dryRun();

        assertThat(check.result()).isEqualTo(Result.FAIL);
        assertThat(check.finding())
                .contains("A rollback from the durable copy would fail", "permission denied to create extension");
        done(() -> points.take(operation));
        assertThat(failed(() -> points.secure(operation)).what())
                .contains("can't be restored", "permission denied to create extension");
        assertThat(points.find(operation.value()).orElseThrow().state()).isEqualTo(RestorePoint.State.CLONED);
        assertThat(scene.databases()).noneMatch(name -> name.contains("_trial_"));
    }

    @Test
    void defaultPrivilegesOfASuperuserAreFound() {
        scene.admin("nocobase", "alter default privileges in schema public grant select on tables to nocobase");

        Check check = dryRun();

        assertThat(check.result()).isEqualTo(Result.FAIL);
        assertThat(check.finding()).contains("must be member of role", "DEFAULT PRIVILEGES");
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
        assertThat(check.finding()).contains("Behind the maintenance page, the clone would fail", "collation version");
        assertThat(check.remedy()).contains("REFRESH COLLATION VERSION");
    }

    @Test
    void aDatabaseCalledPostgresIsClonedAndComesBack() {
        scene.admin("postgres", "alter database postgres owner to nocobase");
        try {
            scene.sql(
                    "postgres",
                    "create table \"applicationVersion\" (id serial primary key, value text)",
                    "insert into \"applicationVersion\" (value) values ('2.2.15')");
            points = scene.restorePoints(Map.of("database.name", "postgres"));
            assertThat(dryRun().result()).as(dryRun().toString()).isEqualTo(Result.PASS);

            done(() -> points.take(operation));
            done(() -> points.secure(operation));
            scene.sql("postgres", "update \"applicationVersion\" set value = '2.2.16'");
            OperationId rollback = scene.operation();
            done(() -> points.restore(operation.value(), rollback));

            assertThat(scene.value("postgres", "select value from \"applicationVersion\""))
                    .isEqualTo("2.2.15");
        } finally {
            scene.admin("postgres", "drop table \"applicationVersion\"", "alter database postgres owner to postgres");
        }
    }

    /** A replaced database stays a template, which no server drops. */
    @Test
    void aTemplateDatabaseIsPruned() {
        scene.admin("postgres", "alter database nocobase is_template true");
        points = scene.restorePoints(Map.of("restore-points.keep", "1"));
        done(() -> points.take(operation));
        done(() -> points.secure(operation));
        OperationId first = scene.operation();
        done(() -> points.restore(operation.value(), first));
        OperationId second = scene.operation();
        done(() -> points.restore(operation.value(), second));

        points.prune(java.util.Set.of());

        assertThat(scene.databases())
                .contains(new Restoral(operation.value(), second).aside("nocobase"))
                .doesNotContain(new Restoral(operation.value(), first).aside("nocobase"));
        scene.admin("postgres", "update pg_database set datistemplate = false where datname like 'nocobase%'");
    }

    private Check dryRun() {
        return points.check().stream()
                .filter(check -> check.name().equals("Dry run of restore point and rollback"))
                .findFirst()
                .orElseThrow();
    }
}
