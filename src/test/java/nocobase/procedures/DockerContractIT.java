package nocobase.procedures;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import nocobase.procedures.cluster.Cluster;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.contract.ClusterContract;
import nocobase.procedures.docker.DockerScene;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** The contract, held by Docker, PostgreSQL, nginx and nodes that answer as NocoBase does. */
@Requires("docker")
class DockerContractIT extends ClusterContract {

    private static EmbeddedPostgres engine;

    private DockerScene docker;
    private DockerClusters clusters;
    private Cluster cluster;

    @BeforeAll
    static void startEngineDatabase() throws IOException {
        engine = EmbeddedPostgres.start();
    }

    @AfterAll
    static void stopEngineDatabase() throws IOException {
        engine.close();
    }

    @AfterEach
    void remove() {
        clusters.close();
        docker.close();
    }

    @Override
    protected Scene scene() {
        docker = DockerScene.of(3).start();
        clusters = new DockerClusters(engine.getPostgresDatabase(), Clock.systemUTC());
        cluster = clusters.create(docker.name(), docker.settings());
        return new Scene() {

            @Override
            public Cluster cluster() {
                return cluster;
            }

            @Override
            public <T> Progress<T> settled(Supplier<Progress<T>> call) {
                AtomicReference<Progress<T>> last = new AtomicReference<>();
                Awaitility.await()
                        .atMost(Duration.ofMinutes(2))
                        .pollInterval(Duration.ofMillis(250))
                        .until(() -> {
                            last.set(call.get());
                            return !(last.get() instanceof Progress.Pending);
                        });
                return last.get();
            }
        };
    }
}
