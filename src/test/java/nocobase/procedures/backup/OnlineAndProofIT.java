package nocobase.procedures.backup;

import static nocobase.procedures.backup.Steps.done;
import static nocobase.procedures.backup.Steps.doneWith;
import static nocobase.procedures.backup.Steps.failed;
import static nocobase.procedures.backup.Steps.failedWith;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import nocobase.procedures.Requires;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.Holding;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.docker.DockerScene;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Restore points of a serving cluster, and the trial restore of durable copies, on the real engine. */
@Requires("docker")
class OnlineAndProofIT {

    private static final int ROWS = 20000;

    private static BackupScene scene;
    private PostgresRestorePoints points;
    private OperationId operation;

    @BeforeAll
    static void build() {
        scene = new BackupScene(DockerScene.of(1));
        scene.fill(ROWS);
        scene.sql("nocobase", "create table applications (name text primary key, options json)");
        scene.sql("nocobase", "insert into applications values ('shop', '{}')");
        scene.admin("postgres", "create database shop owner nocobase");
        scene.sql("shop", "create table \"odd | table\" as select n from generate_series(1, 10) n");
        scene.inStorage("mkdir -p /s/plugins/a /s/apps/main /s/uploads; echo one > /s/plugins/a/p.js;"
                + " echo key > /s/apps/main/aes.dat; echo picture > /s/uploads/p.png");
    }

    @AfterAll
    static void remove() {
        scene.close();
    }

    @BeforeEach
    void begin() {
        points = scene.restorePoints();
        operation = scene.operation();
    }

    @Test
    void aServingClusterIsCopiedProvenAndRestored() throws Exception {
        // The first of the two snapshots is not taken before both are: a dump that takes its time sees neither's later
        // rows.
        try (ToolsImage image = ToolsImage.with("while ! [ -e /restore-points/go ]; do sleep 0.1; done;"
                + " exec /usr/lib/postgresql/15/bin/pg_dump.real \"$@\"")) {
            scene.inStorage("rm -f /r/go");
            PostgresRestorePoints slow = scene.restorePoints(Map.of("database.tools-image", image.name()));
            slow.takeOnline(operation);
            Awaitility.await("both snapshots are taken")
                    .until(() -> "2"
                            .equals(scene.value(
                                    "postgres",
                                    "select count(*) from pg_stat_activity where state = 'idle in transaction' and"
                                            + " application_name like 'nocobase-procedures%dump'")));
            scene.sql("nocobase", "insert into users (id, email) values (0, 'later')");
            scene.sql("shop", "insert into \"odd | table\" values (0)");
            scene.inStorage("touch /r/go");
            // Another instance goes on where the first was cut off.
            RestorePoint taken = done(() -> points.takeOnline(operation));
            assertThat(taken.state()).isEqualTo(RestorePoint.State.DUMP_ONLY);
            assertThat(taken.databases()).containsExactly("nocobase", "shop");
            assertThat(points.takeOnline(operation)).isEqualTo(Progress.done(taken));
        }
        RestorePoint.Proof proof = doneWith(() -> points.verify(operation.value(), operation));
        assertThat(proof.tables()).isEqualTo(4);
        assertThat(proof.rows()).isEqualTo(1 + 1 + ROWS + 10);
        assertThat(points.find(operation.value()).orElseThrow().proof()).isEqualTo(proof);
        assertThat(scene.restorePoints().verify(operation.value(), operation)).isEqualTo(Progress.done(proof));
        assertThat(scene.databases()).noneMatch(name -> name.contains("_trial_"));

        scene.inStorage("rm -rf /s/plugins/a; rm /s/uploads/p.png");
        OperationId later = scene.operation();
        done(() -> points.take(later));
        done(() -> points.restore(operation.value(), later));
        assertThat(scene.value("nocobase", "select count(*) from users")).isEqualTo(String.valueOf(ROWS));
        assertThat(scene.value("shop", "select count(*) from \"odd | table\"")).isEqualTo("10");
        assertThat(scene.inStorage("cat /s/plugins/a/p.js /s/uploads/p.png")).isEqualTo("one\npicture");

        done(() -> points.restore(later.value(), later));
        assertThat(scene.value("nocobase", "select count(*) from users")).isEqualTo(String.valueOf(ROWS + 1));
        assertThat(scene.value("shop", "select count(*) from \"odd | table\"")).isEqualTo("11");
        assertThat(scene.inStorage("ls -A /s/plugins")).isEmpty();
        assertThat(points.find(later.value()).orElseThrow().state()).isEqualTo(RestorePoint.State.CLONED);

        scene.sql("nocobase", "delete from users where email = 'later'");
        scene.sql("shop", "delete from \"odd | table\" where n = 0");
        PostgresRestorePoints keepOne = scene.restorePoints(Map.of("restore-points.keep", "1"));
        OperationId again = scene.operation();
        done(() -> keepOne.restore(operation.value(), again));
        assertThat(scene.inStorage("ls -A /s | grep -c replaced")).isEqualTo("3");
        List<Holding> before = keepOne.holdings();
        List<Holding> surplus = keepOne.surplus(Set.of());
        keepOne.prune(Set.of());
        assertThat(keepOne.holdings())
                .containsExactlyElementsOf(before.stream()
                        .filter(holding -> !surplus.contains(holding))
                        .toList());
        assertThat(scene.inStorage("ls -A /s | grep replaced"))
                .isEqualTo(new Restoral(operation.value(), again).folder());
        assertThat(keepOne.holdings()).extracting(Holding::size).allMatch(size -> size > 0);
    }

    @Test
    void aCopyThatDoesNotRestoreWhatWasDumpedIsNotProven() {
        // pg_dump exits well and everything unpacks, yet one row got lost on the way.
        try (ToolsImage image = ToolsImage.with("/usr/lib/postgresql/15/bin/pg_dump.real \"$@\"\n"
                + "for a in \"$@\"; do case $a in --file=*) d=${a#--file=};; esac; done\n"
                + "f=$(ls -S $d/*.dat.gz | head -1); gzip -dc $f | sed 1d | gzip -1 > $d/x; mv $d/x $f")) {
            PostgresRestorePoints lossy = scene.restorePoints(Map.of("database.tools-image", image.name()));
            done(() -> lossy.takeOnline(operation));
        }

        Failure failure = failedWith(() -> points.verify(operation.value(), operation));

        assertThat(failure.what()).contains("does not restore what was dumped");
        assertThat(failure.logTail())
                .contains("dumped:\n\"public.users\"|" + ROWS, "restored:\n\"public.users\"|" + (ROWS - 1));
        assertThat(points.find(operation.value()).orElseThrow().proof()).isNull();
        assertThat(scene.databases()).noneMatch(name -> name.contains("_trial_"));
    }

    @Test
    void aTrialThatIsKilledLeavesNothingBehind() {
        done(() -> points.takeOnline(operation));
        try (ToolsImage image = ToolsImage.with("pg_restore", "sleep 600")) {
            PostgresRestorePoints slow = scene.restorePoints(Map.of("database.tools-image", image.name()));
            slow.verify(operation.value(), operation);
            Awaitility.await("the scratch databases are there")
                    .until(() -> scene.databases().stream().anyMatch(name -> name.contains("nocobase_trial_")));
            DockerScene.docker().killContainerCmd(operation + "-trial").exec();
            assertThat(failedWith(() -> slow.verify(operation.value(), operation))
                            .what())
                    .contains("exit code 137");
        }
        assertThat(scene.databases()).noneMatch(name -> name.contains("_trial_"));
        doneWith(() -> points.verify(operation.value(), operation));
    }

    @Test
    void aDumpOnlineThatIsGivenUpLeavesNoSession() {
        try (ToolsImage image = ToolsImage.with("sleep 600")) {
            PostgresRestorePoints slow = scene.restorePoints(Map.of("database.tools-image", image.name()));
            slow.takeOnline(operation);
            slow.discard(operation);
        }
        assertThat(scene.containers.running(operation + "-dump")).isFalse();
        assertThat(points.find(operation.value())).isEmpty();
        Awaitility.await("its sessions end")
                .until(() -> "0"
                        .equals(scene.value(
                                "postgres",
                                "select count(*) from pg_stat_activity where datname in ('nocobase', 'shop')")));
        OperationId next = scene.operation();
        done(() -> points.takeOnline(next));
    }

    @Test
    void aRestorePointThatDoesNotExistIsNamed() {
        assertThat(failed(() -> points.restore("nothing", operation)).what()).contains("no restore point");
        assertThat(failedWith(() -> points.verify("nothing", operation)).what()).contains("no restore point");
    }
}
