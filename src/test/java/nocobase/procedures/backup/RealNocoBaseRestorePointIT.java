package nocobase.procedures.backup;

import static nocobase.procedures.backup.Steps.done;
import static nocobase.procedures.backup.Steps.doneWith;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import nocobase.procedures.Requires;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.docker.DockerScene;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What is believed of NocoBase's database and storage, held against the real one. */
@Requires("nocobase")
class RealNocoBaseRestorePointIT {

    private static final String SCHEMA = """
            select md5(string_agg(c.table_name || '.' || c.column_name || ':' || c.data_type, ',' order by 1))
              from (select table_name, column_name, data_type from information_schema.columns
                     where table_schema = 'public' order by 1, 2) c
            """;

    @Test
    void theRealOneIsRecognizedCopiedAndServesAgainAfterARestore() {
        try (BackupScene scene = new BackupScene(DockerScene.of(1).image("local/nocobase", "2.2.15"))) {
            PostgresRestorePoints points = scene.restorePoints();
            start(scene);

            // Its sessions are told from foreign ones, and its tables are all its own.
            assertThat(points.check()).allMatch(check -> check.result() == Check.Result.PASS);
            assertItHasSessions(scene);

            // Copied and proven while it serves.
            OperationId online = scene.operation();
            done(() -> points.takeOnline(online));
            assertThat(doneWith(() -> points.verify(online.value(), online)).tables())
                    .isGreaterThan(50);

            kill(scene);
            OperationId operation = scene.operation();
            RestorePoint taken = done(() -> points.take(operation));
            assertThat(taken.version()).hasToString("2.2.15");
            done(() -> points.secure(operation));
            String schema = scene.value("nocobase", SCHEMA);
            String plugins = scene.value("nocobase", "select count(*) from \"applicationPlugins\"");
            scene.sql(
                    "nocobase",
                    "drop table \"applicationPlugins\" cascade",
                    "alter table users add column broken text");

            OperationId rollback = scene.operation();
            done(() -> points.restore(operation.value(), rollback));
            assertThat(scene.value("nocobase", SCHEMA)).isEqualTo(schema);

            OperationId fromDump = scene.operation();
            done(() -> points.restore(operation.value(), fromDump));
            assertThat(scene.value("nocobase", SCHEMA)).isEqualTo(schema);
            assertThat(scene.value("nocobase", "select count(*) from \"applicationPlugins\""))
                    .isEqualTo(plugins);
            start(scene);
        }
    }

    /** It closes sessions that were idle for a while, so it is asked for something while they are counted. */
    private static void assertItHasSessions(BackupScene scene) {
        Awaitility.await("the real NocoBase is connected to its database")
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(250))
                .until(() -> answer(scene, "/api/authenticators:publicList") == 200
                        && !"0"
                                .equals(scene.value(
                                        "postgres",
                                        "select count(*) from pg_stat_activity where datname = 'nocobase'")));
    }

    private static void start(BackupScene scene) {
        scene.docker.startNode(1);
        Awaitility.await("the real NocoBase is ready")
                .atMost(Duration.ofSeconds(300))
                .pollInterval(Duration.ofSeconds(1))
                .ignoreExceptions()
                .until(() -> answer(scene, "/api/__health_check") == 200
                        && "2.2.15".equals(scene.value("nocobase", "select value from \"applicationVersion\"")));
    }

    private static int answer(BackupScene scene, String path) throws IOException, InterruptedException {
        // With Java's default the request offers an upgrade to HTTP/2, upon which NocoBase drops the connection.
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        return client.send(
                        HttpRequest.newBuilder(scene.docker.nodeUrl(1).resolve(path))
                                .timeout(Duration.ofSeconds(5))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    /** As a node that died without saying goodbye to the database. */
    private static void kill(BackupScene scene) {
        DockerScene.docker().killContainerCmd(scene.docker.node(1)).exec();
        Awaitility.await("the node is stopped")
                .atMost(Duration.ofSeconds(30))
                .until(() -> scene.nodes.observe().running().isEmpty());
    }
}
