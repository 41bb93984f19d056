package nocobase.procedures.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import nocobase.procedures.Requires;
import nocobase.procedures.cluster.ClusterState;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Scale;
import nocobase.procedures.cluster.Version;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The graceful stop finds the application process of the real NocoBase under its real pm2. */
@Requires("nocobase")
@Tag("alone")
class RealNodeStopIT {

    /** The official entry point as it is, and a worker with the same below an init process. */
    @Test
    void stopsTheRealApplicationGracefully() {
        try (DockerScene scene = DockerScene.of(2)
                        .image("local/nocobase", "2.2.15")
                        .init(2)
                        .environment(2, "WORKER_MODE", "*")
                        .withoutBalancer()
                        .start();
                DockerCluster host = new DockerCluster(scene.name(), scene.settings(), Clock.systemUTC())) {
            ClusterState state = DockerRuntimeIT.reach(host, Scale.first());
            assertThat(state.nodes()).extracting(Node::version).containsOnly(Version.parse("2.2.15"));
            awaitReady(scene.nodeUrl(1));
            scene.startNode(2);
            awaitReady(scene.nodeUrl(2));
            assertThat(host.runtime().observe().nodes())
                    .extracting(Node::worker)
                    .containsExactly(false, true);
            Instant before = Instant.now();
            DockerRuntimeIT.reach(host, Scale.none());
            assertThat(Duration.between(before, Instant.now()))
                    .as("docker stop alone takes more than ten seconds")
                    .isLessThan(Duration.ofSeconds(9));
            for (int node = 1; node <= 2; node++) {
                assertThat(host.runtime().logTail(scene.node(node), 200)).contains("app has stopped");
            }
        }
    }

    private static void awaitReady(URI node) {
        // Not HTTP/2: its upgrade header makes the gateway, which expects WebSockets only, close the connection.
        HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        HttpRequest health = HttpRequest.newBuilder(node.resolve("/api/__health_check"))
                .timeout(Duration.ofSeconds(3))
                .build();
        Awaitility.await()
                .atMost(Duration.ofMinutes(4))
                .pollInterval(Duration.ofSeconds(1))
                .ignoreExceptions()
                .until(() ->
                        http.send(health, HttpResponse.BodyHandlers.ofString()).statusCode() == 200);
    }
}
