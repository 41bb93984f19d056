package nocobase.procedures.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import nocobase.procedures.Requires;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.NodeState;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Route;
import nocobase.procedures.docker.DockerCluster;
import nocobase.procedures.docker.DockerScene;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Opening the cluster on a newer nginx than the one of the other tests. */
@Requires("docker")
class NewerNginxIT {

    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    private static DockerScene scene;
    private static DockerCluster host;
    private static NginxBalancer balancer;

    @BeforeAll
    static void startScene() {
        scene = DockerScene.of(2).balancerImage("local/nginx:new").start();
        for (int number = 1; number <= 2; number++) {
            scene.startNode(number);
            awaitHealthy(scene.nodeUrl(number));
        }
        host = new DockerCluster(scene.name(), scene.settings(), Clock.systemUTC());
        balancer = new NginxBalancer(scene.name(), scene.settings().balancer(), host.containers(), Clock.systemUTC());
    }

    @AfterAll
    static void removeScene() {
        host.close();
        scene.close();
    }

    @Test
    void noRequestFailsWhileTheRouteOpens() throws Exception {
        OperationId operation = OperationId.next(scene.name());
        for (int round = 0; round < 6; round++) {
            put(Route.Maintenance.closed(operation, Instant.now()));
            Map<String, Integer> answers = new ConcurrentHashMap<>();
            AtomicBoolean done = new AtomicBoolean();
            ExecutorService clients = Executors.newFixedThreadPool(4);
            for (int client = 0; client < 4; client++) {
                clients.submit(() -> {
                    while (!done.get()) {
                        answers.merge(answer("/api/__health_check"), 1, Integer::sum);
                    }
                    return null;
                });
            }
            put(nodes());
            await().until(() -> answers.getOrDefault("200", 0) > 50);
            done.set(true);
            clients.shutdown();
            assertThat(clients.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
            assertThat(answers.keySet())
                    .as("round %d; nginx says:%n%s", round, DockerScene.log(scene.balancerContainer()))
                    .containsExactlyInAnyOrder("200", "503");
        }
    }

    /**
     * The status, or why there was none. A connection of its own for each request: one kept open may be closed by the
     * server (here by the reload) at the very moment at which it is used again, which clients must expect and repeat
     * (RFC 9112, 9.3.1).
     */
    private static String answer(String path) {
        try {
            HttpURLConnection connection = (HttpURLConnection)
                    scene.balancerUrl().resolve(path).toURL().openConnection();
            connection.setRequestProperty("Connection", "close");
            connection.setConnectTimeout(10_000);
            connection.setReadTimeout(10_000);
            return String.valueOf(connection.getResponseCode());
        } catch (IOException failed) {
            return failed.toString();
        }
    }

    private static void awaitHealthy(URI url) {
        await().atMost(Duration.ofSeconds(60))
                .ignoreExceptions()
                .until(() -> CLIENT.send(
                                HttpRequest.newBuilder(url.resolve("/api/__health_check"))
                                        .timeout(Duration.ofSeconds(3))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString())
                        .body()
                        .equals("ok"));
    }

    private static void put(Route route) {
        balancer.route(route);
        await().atMost(Duration.ofSeconds(15))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> balancer.prove(route) instanceof Progress.Done);
    }

    private static Route nodes() {
        return new Route.Nodes(IntStream.rangeClosed(1, 2)
                .mapToObj(number -> new Node(
                        scene.node(number),
                        NodeState.RUNNING,
                        "local/stand-in:2.2.15",
                        null,
                        false,
                        scene.nodeUrl(number),
                        Instant.EPOCH))
                .toList());
    }
}
