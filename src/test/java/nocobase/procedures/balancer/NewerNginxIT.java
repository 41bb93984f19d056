package nocobase.procedures.balancer;

import static nocobase.procedures.balancer.DockerCommand.docker;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import nocobase.procedures.Requires;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.NodeState;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Route;
import nocobase.procedures.docker.DockerHost;
import nocobase.procedures.docker.DockerScene;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What an nginx that asks for the nodes' names again can do more. */
@Requires("docker")
class NewerNginxIT {

    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    private static DockerScene scene;
    private static DockerHost host;
    private static NginxBalancer balancer;

    @BeforeAll
    static void startScene() {
        scene = DockerScene.of(2).balancerImage("local/nginx:new").start();
        for (int number = 1; number <= 2; number++) {
            scene.startNode(number);
            awaitHealthy(scene.nodeUrl(number));
        }
        host = new DockerHost(scene.name(), scene.settings(), Clock.systemUTC());
        balancer = new NginxBalancer(scene.name(), scene.settings().balancer(), host.containers(), Clock.systemUTC());
    }

    @AfterAll
    static void removeScene() {
        host.close();
        scene.close();
    }

    @Test
    void startsWhileANodeIsGoneAndFollowsItToAnotherAddress() {
        put(nodes());
        String before = scene.address(scene.node(2));
        docker("stop", "-t", "0", scene.node(2));
        docker("restart", "-t", "1", scene.balancerContainer());
        awaitHealthy(scene.balancerUrl());

        String squatter = scene.name() + "-squatter";
        docker(
                "run",
                "-d",
                "--name",
                squatter,
                "--label",
                DockerScene.TEST_LABEL + "=true",
                "--network",
                scene.network(),
                "local/debian:bookworm",
                "sleep",
                "600");
        docker("start", scene.node(2));
        awaitHealthy(scene.nodeUrl(2));
        assertThat(scene.address(scene.node(2))).isNotEqualTo(before);
        String now = scene.address(scene.node(2));
        String probe = probe();
        await("node 2 gets requests at its new address, without a reload")
                .atMost(Duration.ofSeconds(30))
                .until(() -> send("/api/__health_check", ServerBlock.PROBE_HEADER, probe)
                        .headers()
                        .firstValue(ServerBlock.NODE_HEADER)
                        .orElse("")
                        .equals(now + ":13000"));
    }

    @Test
    void noRequestFailsWhileTheRouteOpens() throws Exception {
        OperationId operation = OperationId.next(scene.name());
        for (int round = 0; round < 3; round++) {
            put(Route.Maintenance.closed(operation, Instant.now()));
            Map<Integer, Integer> answers = new ConcurrentHashMap<>();
            AtomicBoolean done = new AtomicBoolean();
            ExecutorService clients = Executors.newFixedThreadPool(4);
            for (int client = 0; client < 4; client++) {
                clients.submit(() -> {
                    while (!done.get()) {
                        answers.merge(status("/api/__health_check"), 1, Integer::sum);
                    }
                    return null;
                });
            }
            put(nodes());
            await().until(() -> answers.getOrDefault(200, 0) > 50);
            done.set(true);
            clients.shutdown();
            assertThat(clients.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
            assertThat(answers.keySet()).as("round " + round).containsExactlyInAnyOrder(200, 503);
        }
    }

    /** Minus one for a request that got no answer. */
    private static int status(String path) {
        try {
            return send(path).statusCode();
        } catch (Exception failed) {
            return -1;
        }
    }

    /** The word that makes nginx tell which node answered. */
    private static String probe() {
        String file = docker(
                "exec",
                scene.balancerContainer(),
                "cat",
                DockerScene.BALANCER_DIRECTORY + "/" + scene.name() + ".conf");
        Matcher word = Pattern.compile("\"~\\^([0-9a-f]{32})\\$\"").matcher(file);
        assertThat(word.find()).as(file).isTrue();
        return word.group(1);
    }

    private static HttpResponse<String> send(String path, String... headers) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(scene.balancerUrl().resolve(path)).timeout(Duration.ofSeconds(10));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
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
