package nocobase.procedures.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import nocobase.procedures.Requires;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Route;
import nocobase.procedures.docker.DockerCluster;
import nocobase.procedures.docker.DockerScene;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nodes leave a real nginx while clients go on asking. Each test begins with all nodes routed. */
@Requires("docker")
class DrainingIT {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static DockerScene scene;
    private static DockerCluster host;
    private static PatientNodes nodes;
    private static NginxBalancer balancer;

    private final ExecutorService clients = Executors.newCachedThreadPool();

    @BeforeAll
    static void startScene() {
        scene = DockerScene.of(0)
                .withoutDatabase()
                .balancerImage(NginxBalancerIT.image())
                .start();
        host = new DockerCluster(scene.name(), scene.settings(), Clock.systemUTC());
        nodes = new PatientNodes(scene, 3);
        balancer = newBalancer();
    }

    @AfterAll
    static void removeScene() {
        host.close();
        scene.close();
    }

    @BeforeEach
    void routeToAll() {
        put(new Route.Nodes(nodes.nodes(1, 2, 3)));
    }

    @Test
    void reducedToOneAndJoinedAgainWithoutALostRequest() throws Exception {
        Map<String, Integer> answers = new ConcurrentHashMap<>();
        AtomicBoolean done = new AtomicBoolean();
        for (String path : List.of("/api/__health_check", "/api/users:list", "/admin", "/")) {
            clients.submit(() -> {
                while (!done.get()) {
                    answers.merge(answer(path), 1, Integer::sum);
                }
            });
        }
        leave(nodes.nodes(1), 2, 3);
        int reduced = answers.getOrDefault("200", 0);
        await().until(() -> answers.get("200") > reduced + 50);
        nodes.start(2);
        nodes.start(3);
        put(new Route.Nodes(nodes.nodes(1, 2, 3)));
        leave(nodes.nodes(2, 3), 1);
        nodes.start(1);
        put(new Route.Nodes(nodes.nodes(1, 2, 3)));
        done.set(true);
        clients.shutdown();
        assertThat(clients.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        assertThat(answers).containsOnlyKeys("200");
    }

    /** The leaving nodes are killed: what was still open there would be lost. */
    private void leave(List<Node> staying, int... leaving) {
        List<Node> gone = nodes.nodes(leaving);
        put(new Route.Nodes(staying));
        until(() -> balancer.drained(gone, LIMIT));
        for (int number : leaving) {
            nodes.kill(number);
        }
    }

    @Test
    void aLongRequestEndsWellAlsoIfTheEngineIsStartedAnewMeanwhile() throws Exception {
        put(new Route.Nodes(nodes.nodes(1)));
        CompletableFuture<String> longRequest = hold();
        put(closed());
        assertThat(balancer.drained(nodes.nodes(1, 2, 3), LIMIT)).isEqualTo(Progress.pending("1 request still open"));
        NginxBalancer another = newBalancer();
        assertThat(another.drained(nodes.nodes(1, 2, 3), LIMIT)).isEqualTo(Progress.pending("1 request still open"));
        nodes.release(1);
        assertThat(until(() -> another.drained(nodes.nodes(1, 2, 3), LIMIT))).startsWith("No requests are open");
        assertThat(longRequest.get(5, TimeUnit.SECONDS)).isEqualTo("200");
    }

    @Test
    void onlyRequestsAtTheNodesThatLeaveAreAwaited() throws Exception {
        put(new Route.Nodes(nodes.nodes(1)));
        CompletableFuture<String> elsewhere = hold();
        put(new Route.Nodes(nodes.nodes(1, 2)));
        put(new Route.Nodes(nodes.nodes(1)));
        until(() -> balancer.drained(nodes.nodes(2, 3), LIMIT));
        assertThat(elsewhere).isNotDone();
        nodes.release(1);
        assertThat(elsewhere.get(10, TimeUnit.SECONDS)).isEqualTo("200");
    }

    @Test
    void whatTakesLongerThanTheLimitIsCutAndSaid() throws Exception {
        put(new Route.Nodes(nodes.nodes(1)));
        CompletableFuture<String> endless = hold();
        put(closed());
        assertThat(until(() -> balancer.drained(nodes.nodes(1, 2, 3), Duration.ofSeconds(1))))
                .isEqualTo("1 request still open after 1 s will be cut off.");
        nodes.kill(1);
        assertThat(endless.get(30, TimeUnit.SECONDS)).isNotEqualTo("200");
        nodes.start(1);
    }

    @Test
    void webSocketsAreNotAwaitedAndLastUntilTheirNodeStops() throws Exception {
        put(new Route.Nodes(nodes.nodes(2)));
        CompletableFuture<Void> closed = new CompletableFuture<>();
        WebSocket socket = webSocket(closed);
        put(new Route.Nodes(nodes.nodes(1)));
        until(() -> balancer.drained(nodes.nodes(2), LIMIT));
        socket.sendText("still here", true).join();
        assertThat(closed).isNotDone();
        nodes.kill(2);
        closed.get(30, TimeUnit.SECONDS);
        // A page connects again, and reaches a node that stays.
        webSocket(new CompletableFuture<>()).abort();
        nodes.start(2);
    }

    /** nginx asks a node only when it has the whole request: until then no node is asked, and none can be lost. */
    @Test
    void anUploadThatEndsAfterItsNodeStoppedIsTakenByOneThatStays() throws Exception {
        put(new Route.Nodes(nodes.nodes(2, 1)));
        try (Socket first = upload();
                Socket second = upload()) {
            put(new Route.Nodes(nodes.nodes(1)));
            until(() -> balancer.drained(nodes.nodes(2), LIMIT));
            nodes.kill(2);
            for (Socket upload : List.of(first, second)) {
                upload.getOutputStream().write('}');
                assertThat(new String(upload.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                        .startsWith("HTTP/1.1 200");
            }
        }
        nodes.start(2);
    }

    @Test
    void nodesThatDoNotRunHaveNoOpenRequest() {
        Node stopped = new Node("gone", null, "", null, false, null, null);
        assertThat(balancer.drained(List.of(stopped), LIMIT)).isInstanceOf(Progress.Done.class);
    }

    // How the tests do it

    private static Socket upload() throws IOException {
        Socket socket = new Socket(scene.balancerUrl().getHost(), 80);
        String start = "POST /api/upload HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{";
        socket.getOutputStream().write(start.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static WebSocket webSocket(CompletableFuture<Void> closed) {
        return HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .connectTimeout(Duration.ofSeconds(5))
                .buildAsync(URI.create("ws://" + scene.balancerUrl().getHost() + "/ws"), new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
                        closed.complete(null);
                        return null;
                    }

                    @Override
                    public void onError(WebSocket socket, Throwable error) {
                        closed.complete(null);
                    }
                })
                .join();
    }

    /** A request that has reached its node: nginx has a connection there. */
    private CompletableFuture<String> hold() {
        CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> answer("/api/hold"), clients);
        OpenRequests open = new OpenRequests(new Nginx(scene.settings().balancer(), host.containers()));
        Addresses addresses = new Addresses(host.containers(), scene.balancerContainer());
        List<Address> all = nodes.nodes(1, 2, 3).stream().map(addresses::of).toList();
        await().atMost(Duration.ofSeconds(10)).until(() -> open.at(all).orElseThrow() == 1);
        return answer;
    }

    /** The status, or why there was none; a connection of its own for each request (see NewerNginxIT). */
    private static String answer(String path) {
        try {
            HttpURLConnection connection = (HttpURLConnection)
                    scene.balancerUrl().resolve(path).toURL().openConnection();
            connection.setRequestProperty("Connection", "close");
            connection.setConnectTimeout(10_000);
            connection.setReadTimeout(60_000);
            return String.valueOf(connection.getResponseCode());
        } catch (IOException failed) {
            return failed.toString();
        }
    }

    private static NginxBalancer newBalancer() {
        return new NginxBalancer(scene.name(), scene.settings().balancer(), host.containers(), Clock.systemUTC());
    }

    private static Route closed() {
        return Route.Maintenance.closed(OperationId.next(scene.name()), Instant.now());
    }

    private static void put(Route route) {
        balancer.route(route);
        until(() -> balancer.prove(route));
    }

    private static String until(Supplier<Progress<String>> call) {
        Progress<String>[] last = new Progress[1];
        await().atMost(Duration.ofSeconds(40))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> {
                    last[0] = call.get();
                    return !(last[0] instanceof Progress.Pending);
                });
        assertThat(last[0]).isInstanceOf(Progress.Done.class);
        return ((Progress.Done<String>) last[0]).result();
    }
}
