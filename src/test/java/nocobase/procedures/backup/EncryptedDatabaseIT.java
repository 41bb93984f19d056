package nocobase.procedures.backup;

import static nocobase.procedures.backup.Steps.done;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import nocobase.procedures.Requires;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Check.Result;
import nocobase.procedures.cluster.Containers.ExecResult;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.RestorePoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that refuses sessions in clear text, whose certificate is signed by itself: for sessions and for jobs. */
@Requires("docker")
class EncryptedDatabaseIT {

    @TempDir
    Path folder;

    @Test
    void sessionsAndJobsAreEncryptedAndCheckTheCertificate() throws Exception {
        try (BackupScene scene = new BackupScene()) {
            scene.fill(100);
            String database = scene.docker.databaseContainer();
            String address = scene.docker.address(database);
            shell(
                    scene,
                    "cd /var/lib/postgresql/data && openssl req -new -x509 -days 2 -nodes -subj /CN=db -addext subjectAltName=IP:"
                            + address
                            + " -out server.crt -keyout server.key && chown postgres server.* && chmod 600 server.key"
                            + " && sed -i '1i hostnossl all all all reject' pg_hba.conf"
                            + " && psql -U postgres -c 'alter system set ssl = on' -c 'select pg_reload_conf()'");
            Path root = folder.resolve("root.crt");
            Files.writeString(root, shell(scene, "cat /var/lib/postgresql/data/server.crt"));
            Path other = folder.resolve("other.crt");
            Files.writeString(
                    other,
                    shell(
                            scene,
                            "openssl req -new -x509 -days 2 -nodes -subj /CN=other -out /tmp/o.crt -keyout /tmp/o.key"
                                    + " 2> /dev/null; cat /tmp/o.crt"));
            Map<String, String> encrypted = Map.of(
                    "database.container",
                    "",
                    "database.tools-image",
                    "local/postgres:15",
                    "database.ssl-mode",
                    "verify-full",
                    "database.ssl-root-certificate",
                    root.toString());
            PostgresRestorePoints points = scene.restorePoints(encrypted);

            assertThat(points.check()).noneMatch(check -> check.result() == Result.FAIL);
            OperationId operation = scene.operation();
            done(() -> points.take(operation));
            assertThat(done(() -> points.secure(operation)).state()).isEqualTo(RestorePoint.State.VERIFIED);

            Map<String, String> wrong = new java.util.HashMap<>(encrypted);
            wrong.put("database.ssl-root-certificate", other.toString());
            List<Check> refused = scene.restorePoints(wrong).check();
            assertThat(refused).singleElement().satisfies(check -> {
                assertThat(check.result()).isEqualTo(Result.FAIL);
                assertThat(check.name()).isEqualTo("Database reachable");
            });
            wrong.put("database.ssl-mode", "disable");
            assertThat(scene.restorePoints(wrong).check())
                    .singleElement()
                    .satisfies(check -> assertThat(check.finding()).contains("pg_hba.conf rejects connection"));
        }
    }

    private static String shell(BackupScene scene, String script) {
        ExecResult result = scene.containers.exec(
                scene.docker.databaseContainer(), List.of("sh", "-c", script), Duration.ofSeconds(20));
        assertThat(result.succeeded()).as(result.output()).isTrue();
        return result.output();
    }
}
