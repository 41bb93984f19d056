package nocobase.procedures.nocobase;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A node of the test's making: what it answers is set by the test. */
final class SpokenNode implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    volatile URI url;
    private volatile int healthStatus = 200;
    private volatile String healthBody = "ok";
    private volatile String version;
    private volatile int pluginListStatus = 200;
    private volatile List<String> plugins = List.of("users", "mine");
    private final Map<String, SubApplication> subApplications = new ConcurrentHashMap<>();
    private volatile int healthChecks;
    private volatile boolean hanging;
    private final CountDownLatch asked = new CountDownLatch(1);
    private volatile CountDownLatch before = new CountDownLatch(0);

    private SpokenNode(HttpServer server) {
        this.server = server;
        this.url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    static SpokenNode ready(String version) throws IOException {
        SpokenNode node =
                new SpokenNode(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
        node.version = version;
        node.server.createContext("/", node::answer);
        node.server.setExecutor(node.threads);
        node.server.start();
        return node;
    }

    void health(int status, String body) {
        healthStatus = status;
        healthBody = body;
    }

    void version(String shown) {
        version = shown;
    }

    void pluginList(int status) {
        pluginListStatus = status;
    }

    void plugins(String... listed) {
        plugins = List.of(listed);
    }

    private String listed() {
        return plugins.stream().map(name -> "{\"name\":\"" + name + "\"}").collect(Collectors.joining(",", "[", "]"));
    }

    private record SubApplication(int status, String health, String version) {}

    /** What the sub-application of that name says; one that was never set is answered for by the main application. */
    void subApplication(String name, int status, String health, String itsVersion) {
        subApplications.put(name, new SubApplication(status, health, itsVersion));
    }

    /** Headers come, the body never does. */
    void hang() {
        hanging = true;
    }

    /** Its health check answers only when the other node was asked too. */
    void answersAfter(SpokenNode other) {
        before = other.asked;
    }

    int healthChecks() {
        return healthChecks;
    }

    private void answer(HttpExchange exchange) throws IOException {
        String name = exchange.getRequestHeaders().getFirst("X-App");
        if (name != null && subApplications.containsKey(name)) {
            answer(exchange, name, subApplications.get(name));
            return;
        }
        switch (exchange.getRequestURI().getPath()) {
            case "/api/__health_check" -> {
                healthChecks++;
                asked.countDown();
                awaitTheOther();
                send(exchange, healthStatus, healthBody);
            }
            case "/api/app:getInfo" -> send(exchange, 200, version == null ? "{}" : information("main", version));
            case "/api/pm:listEnabled" -> send(exchange, pluginListStatus, "{\"data\":" + listed() + "}");
            default -> send(exchange, 200, "<html></html>");
        }
    }

    private void answer(HttpExchange exchange, String name, SubApplication application) throws IOException {
        if (exchange.getRequestURI().getPath().equals("/api/__health_check")) {
            send(exchange, application.status, application.health);
        } else {
            send(exchange, 200, information(name, application.version));
        }
    }

    private static String information(String name, String itsVersion) {
        return "{\"data\":{\"name\":\"" + name + "\",\"version\":\"" + itsVersion + "\"}}";
    }

    private void awaitTheOther() throws IOException {
        try {
            before.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
            throw new IOException(closed);
        }
    }

    private void send(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        if (hanging) {
            return;
        }
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
