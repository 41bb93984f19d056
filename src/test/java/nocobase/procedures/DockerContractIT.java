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
import org.junit.jupiter.api.BeforeAll;

/** The contract, held by Docker, PostgreSQL, nginx and nodes that answer as NocoBase does. */
@Requires("docker")
class DockerContractIT extends ClusterContract {

    private static EmbeddedPostgres engine;
    private static DockerScene docker;
    private static DockerClusters clusters;
    private static Cluster cluster;

    @BeforeAll
    static void build() throws IOException {
        engine = EmbeddedPostgres.start();
        docker = DockerScene.of(3).start();
        clusters = new DockerClusters(EngineTables.in(engine.getPostgresDatabase()), Clock.systemUTC());
        cluster = clusters.create(docker.name(), docker.settings());
    }

    @AfterAll
    static void remove() throws IOException {
        clusters.close();
        docker.close();
        engine.close();
    }

    @Override
    protected Scene scene() {
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

            @Override
            public void subApplication(String name) {
                docker.sql("create table applications (name text primary key, options json)");
                docker.sql("insert into applications values ('" + name + "', '{\"dbConnType\": \"new_schema\"}')");
                docker.sql("create schema \"" + name + "\"");
                docker.sql("create table \"" + name + "\".\"applicationVersion\" as table \"applicationVersion\"");
            }

            @Override
            public void noSubApplications() {
                docker.sql("drop table applications");
                docker.sql("drop schema \"shop-broken\" cascade");
            }
        };
    }
}
