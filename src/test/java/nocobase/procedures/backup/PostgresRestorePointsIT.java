package nocobase.procedures.backup;

import static nocobase.procedures.backup.Steps.done;
import static org.assertj.core.api.Assertions.assertThat;

import nocobase.procedures.Requires;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.RestorePoint;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@Requires("docker")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresRestorePointsIT {

    private BackupScene scene;

    @BeforeAll
    void build() {
        scene = new BackupScene();
        scene.fill(20000);
        scene.inStorage("mkdir -p /s/plugins/a /s/apps/main /s/uploads /s/logs; echo one > /s/plugins/a/p.js;"
                + " echo key > /s/apps/main/aes.dat; echo picture > /s/uploads/p.png; echo log > /s/logs/l;"
                + " ln -s a /s/plugins/link; echo odd > '/s/plugins/odd name\n$(x)'; chown -R 1000:1001 /s/plugins/a");
    }

    @AfterAll
    void remove() {
        scene.close();
    }

    @Test
    void theClusterComesBackToTheRestorePoint() {
        PostgresRestorePoints points = scene.restorePoints();
        assertThat(points.check()).allMatch(check -> check.result() == Check.Result.PASS);
        OperationId operation = scene.operation();

        RestorePoint taken = done(() -> points.take(operation));
        assertThat(taken.state()).isEqualTo(RestorePoint.State.CLONED);
        RestorePoint secured = done(() -> points.secure(operation));
        assertThat(secured.state()).isEqualTo(RestorePoint.State.VERIFIED);

        scene.sql(
                "nocobase",
                "drop view names",
                "delete from users",
                "update \"applicationVersion\" set value = '2.2.16'");
        scene.inStorage(
                "rm -rf /s/plugins/a; echo new > /s/plugins/new; echo two > /s/apps/main/aes.dat; touch /s/.upgrading;"
                        + " rm /s/uploads/p.png; echo later > /s/uploads/later.png");

        OperationId rollback = scene.operation();
        RestorePoint restored = done(() -> points.restore(operation.value(), rollback));

        assertThat(restored.state()).isEqualTo(RestorePoint.State.DUMP_ONLY);
        assertThat(scene.value("nocobase", "select count(*) from names")).isEqualTo("20000");
        assertThat(scene.value("nocobase", "select last_value from users_id_seq"))
                .isEqualTo("4711");
        assertThat(scene.inStorage("cat /s/plugins/a/p.js /s/apps/main/aes.dat /s/uploads/p.png /s/uploads/later.png;"
                        + " ls /s/plugins | wc -l; test ! -e /s/.upgrading; readlink /s/plugins/link; stat -c %u:%g"
                        + " /s/plugins/a/p.js"))
                .isEqualTo("one\nkey\npicture\nlater\n4\na\n1000:1001");
    }
}
