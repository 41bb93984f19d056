package nocobase.procedures.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Check.Result;
import nocobase.procedures.cluster.DockerSettings;
import nocobase.procedures.cluster.NodesSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The checks of two Docker hosts, one of which answers and fails; the test pretends both engines. */
class ClusterChecksTest {

    private static final String FAULT = "{\"message\":\"layer store: input/output error\"}";

    private HttpServer healthy;
    private HttpServer failing;
    private Hosts<HostNodes> hosts;
    private List<DockerEngine> engines;

    @BeforeEach
    void begin() throws IOException {
        healthy = server();
        failing = server();
        answer(healthy, "/v1.44/containers/json", 200, "[]");
        answer(
                healthy,
                "/v1.44/info",
                200,
                "{\"ServerVersion\":\"26.1\",\"Name\":\"eu-1\",\"SystemTime\":\"" + Instant.now() + "\"}");
        DockerSettings settings = new DockerSettings(
                null, null, Duration.ofSeconds(5), Map.of("eu-1", host(healthy), "eu-2", host(failing)));
        NodesSettings nodes = new NodesSettings(
                Map.of("role", "nocobase"), null, Set.of(), "local/stand-in:{version}", 13000, null, Duration.ZERO);
        engines = DockerEngine.all(settings, Duration.ofSeconds(5));
        hosts = new Hosts<>(
                engines.stream()
                        .map(engine -> new HostNodes("test", nodes, engine, Clock.systemUTC()))
                        .toList(),
                HostNodes::name);
    }

    @AfterEach
    void end() {
        hosts.all().forEach(HostNodes::close);
        hosts.close();
        engines.forEach(DockerEngine::close);
        healthy.stop(0);
        failing.stop(0);
    }

    @Test
    void nameTheHostThatFailsAndKeepWhatTheOtherTells() {
        answer(failing, "/v1.44/containers/json", 500, FAULT);

        List<Check> checks = new ClusterChecks(hosts).run(null);

        assertFailing(checks, "/v1.44/containers/json");
    }

    @Test
    void nameAHostThatFailsAfterItToldItsContainers() {
        answer(failing, "/v1.44/containers/json", 200, "[]");
        answer(failing, "/v1.44/info", 503, FAULT);

        assertFailing(new ClusterChecks(hosts).run(null), "/v1.44/info");
    }

    @Test
    void aFailingEngineIsNamedWhereverItIsAsked() {
        answer(failing, "/v1.44/containers/json", 500, "<html>bad gateway</html>");

        assertThatThrownBy(() -> hosts.ask(HostNodes::look))
                .hasMessageContaining("eu-2 (" + url(failing) + ") failed (GET /v1.44/containers/json, status 500)")
                .hasMessageContaining("bad gateway");
    }

    private void assertFailing(List<Check> checks, String path) {
        assertThat(checks)
                .filteredOn(check -> check.name().equals("Docker engine, eu-2"))
                .singleElement()
                .satisfies(check -> {
                    assertThat(check.result()).isEqualTo(Result.FAIL);
                    assertThat(check.finding())
                            .contains("eu-2 (" + url(failing) + ") failed (GET " + path)
                            .contains("layer store: input/output error")
                            .doesNotContain("{");
                    assertThat(check.remedy()).contains("log on that host", "check again");
                });
        assertThat(checks)
                .filteredOn(check -> check.name().equals("Docker engine, eu-1"))
                .singleElement()
                .satisfies(check -> assertThat(check.result()).isEqualTo(Result.PASS));
        assertThat(checks).extracting(Check::name).contains("Clocks, eu-1", "Number of nodes");
    }

    private static DockerSettings.Host host(HttpServer server) {
        return new DockerSettings.Host(url(server), null, null);
    }

    private static String url(HttpServer server) {
        return "tcp://127.0.0.1:" + server.getAddress().getPort();
    }

    private static HttpServer server() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        answer(server, "/version", 200, "{\"ApiVersion\":\"1.44\",\"MinAPIVersion\":\"1.24\"}");
        server.start();
        return server;
    }

    private static void answer(HttpServer server, String path, int status, String text) {
        server.createContext(path, exchange -> {
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }
}
