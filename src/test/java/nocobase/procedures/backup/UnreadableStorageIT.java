package nocobase.procedures.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import nocobase.procedures.Requires;
import nocobase.procedures.cluster.Check.Result;
import nocobase.procedures.docker.DockerScene;
import org.junit.jupiter.api.Test;

/**
 * A storage that is mounted and cannot be read, as a network storage after its server came back, or one that was exported
 * without the rights of root. The kernel's own settings stand for it: some of them nobody may read, root neither.
 */
@Requires("docker")
class UnreadableStorageIT {

    @Test
    void isRefusedBeforeTheDowntime() {
        DockerScene.Plan plan = DockerScene.of(1).mount("/proc/sys/vm:/app/nocobase/storage/plugins");
        try (BackupScene scene = new BackupScene(plan)) {
            scene.fill(10);
            PostgresRestorePoints points = scene.restorePoints();

            assertThat(points.check())
                    .filteredOn(check -> check.result() == Result.FAIL)
                    .singleElement()
                    .satisfies(check -> {
                        assertThat(check.name()).isEqualTo("Storage");
                        assertThat(check.finding()).contains("plugins/", "Permission denied");
                        assertThat(check.remedy()).contains("readable for root", "check again");
                    });
            assertThat(DockerScene.docker()
                            .listContainersCmd()
                            .withShowAll(true)
                            .withNameFilter(List.of("procedures-" + scene.docker.name() + "-check"))
                            .exec())
                    .isEmpty();
            assertThat(points.list()).isEmpty();
        }
    }
}
