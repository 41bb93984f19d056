package nocobase.procedures.backup;

import static nocobase.procedures.backup.Steps.done;
import static nocobase.procedures.backup.Steps.failed;
import static nocobase.procedures.backup.Steps.failedWith;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import nocobase.procedures.Requires;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.docker.DockerScene;
import org.junit.jupiter.api.Test;

/** A database server's disk without room for a second copy of the database. */
@Requires("docker")
class FullDiskIT {

    @Test
    void aCloneOrATrialThatFillsTheDiskEndsWithTheReasonAndGivesTheRoomBack() {
        try (BackupScene scene = new BackupScene(DockerScene.of(1).smallDisk("48m"))) {
            scene.containers.exec(
                    scene.docker.databaseContainer(),
                    List.of("sh", "-ec", "mkdir /small/data; chown postgres /small/data"),
                    Duration.ofSeconds(10));
            scene.admin(
                    "postgres",
                    "create tablespace small owner nocobase location '/small/data'",
                    "alter database nocobase set tablespace small");
            scene.fill(100_000);
            PostgresRestorePoints points = scene.restorePoints();
            OperationId operation = scene.operation();

            Failure clone = failed(() -> points.take(operation));

            assertThat(clone.what()).contains("cloning database nocobase", "No space left on device");
            assertThat(clone.remedy()).contains("Make room on the database server's disk", "dump-first");
            assertThat(points.list()).isEmpty();
            assertThat(scene.databases()).noneMatch(name -> name.contains("_rp_"));
            points.discard(operation);

            // It is the disk of the database itself that counts, not that of the server's other databases.
            assertThat(points.check())
                    .filteredOn(check -> check.name().equals("Room for the clone"))
                    .allMatch(check -> check.result() == Check.Result.FAIL)
                    .hasSize(1);
            PostgresRestorePoints dumpFirst =
                    scene.restorePoints(java.util.Map.of("restore-points.mode", "dump-first"));
            OperationId next = scene.operation();
            done(() -> dumpFirst.take(next));
            assertThat(failedWith(() -> dumpFirst.verify(next.value(), next)).what())
                    .contains("no room for a trial restore");
            OperationId rollback = scene.operation();
            Failure restore = failed(() -> dumpFirst.restore(next.value(), rollback));
            assertThat(restore.remedy()).contains("Make room");
            assertThat(scene.value("nocobase", "select count(*) from users")).isEqualTo("100000");
            assertThat(scene.databases()).noneMatch(name -> name.contains("_new_"));
        }
    }
}
