package nocobase.procedures.backup;

import static nocobase.procedures.backup.Steps.done;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import nocobase.procedures.Requires;
import nocobase.procedures.cluster.Check.Result;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.docker.DockerScene;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** NocoBase's database behind a real PgBouncer: refused where sessions are shared, and of use where they are not. */
@Requires("docker")
class PoolerIT {

    private static final String DIRECTORY = "/etc/pgbouncer";

    private static BackupScene scene;

    @BeforeAll
    static void build() {
        scene = new BackupScene(DockerScene.of(1));
        scene.fill(10);
    }

    @AfterAll
    static void remove() {
        scene.close();
    }

    @Test
    void aPoolerInTransactionModeIsRefused() {
        assertRefused(points("transaction", "*", "pool_mode = transaction"));
        assertRefused(points("turns", "*", "pool_mode = transaction\nserver_round_robin = 1"));
        assertRefused(points("statement", "*", "pool_mode = statement"));
    }

    /** Its owner told it of the one database that NocoBase needs, and we need one beside that. */
    @Test
    void aPoolerThatKnowsNocoBasesDatabaseAloneIsNamed() {
        assertRefused(points("alone", "nocobase", "pool_mode = transaction"));
    }

    private static void assertRefused(PostgresRestorePoints points) {
        assertThat(points.check()).singleElement().satisfies(check -> {
            assertThat(check.result()).as(check.toString()).isEqualTo(Result.FAIL);
            assertThat(check.finding()).contains("pooler");
            assertThat(check.remedy()).contains("session mode");
        });
    }

    /** What the remedy says is of use. */
    @Test
    void aPoolerInSessionModeIsNoObstacle() {
        PostgresRestorePoints points = points("session", "*", "pool_mode = session");
        assertThat(points.check()).as(points.check().toString()).allMatch(check -> check.result() == Result.PASS);
        OperationId operation = scene.operation();

        done(() -> points.take(operation));
        assertThat(done(() -> points.secure(operation)).state()).isEqualTo(RestorePoint.State.VERIFIED);
        scene.sql("nocobase", "update \"applicationVersion\" set value = '2.2.16'");
        OperationId rollback = scene.operation();
        done(() -> points.restore(operation.value(), rollback));

        assertThat(scene.value("nocobase", "select value from \"applicationVersion\""))
                .isEqualTo("2.2.15");
    }

    private static PostgresRestorePoints points(String name, String databases, String mode) {
        String address = pooler(name, databases, mode);
        return scene.restorePoints(Map.of("database.host", address, "database.port", "6432"));
    }

    private static String pooler(String name, String databases, String mode) {
        String container = scene.docker.further(
                "local/pgbouncer:1",
                name,
                DIRECTORY,
                Map.of(
                        "pgbouncer.ini",
                        """
                        [databases]
                        %s = host=%s
                        [pgbouncer]
                        listen_addr = *
                        auth_type = scram-sha-256
                        auth_file = %s/userlist.txt
                        %s
                        """.formatted(databases, scene.docker.databaseContainer(), DIRECTORY, mode),
                        "userlist.txt",
                        "\"%s\" \"%s\"\n".formatted(DockerScene.ROLE, DockerScene.PASSWORD)));
        String address = scene.docker.address(container);
        Awaitility.await("PgBouncer listens")
                .atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> listens(address));
        return address;
    }

    private static boolean listens(String address) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, 6432), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
