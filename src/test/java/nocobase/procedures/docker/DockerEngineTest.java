package nocobase.procedures.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.exception.BadRequestException;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import nocobase.procedures.cluster.DockerSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The connection, against engines that the test pretends. */
class DockerEngineTest {

    @ParameterizedTest
    @CsvSource({"1.41, 1.12, v1.41", "1.51, 1.24, v1.44", "1.54, 1.46, v1.46"})
    void speaksTheNewestVersionThatBothKnow(String newest, String oldest, String spoken) throws IOException {
        List<String> paths = new CopyOnWriteArrayList<>();
        HttpServer server = server(newest, oldest, paths);
        try (DockerEngine engine = engine(server.getAddress().getPort())) {
            assertThat(engine.container("app-1")).isPresent();
            engine.control().pingCmd().exec();
            assertThat(paths)
                    .containsExactly("/version", "/" + spoken + "/containers/app-1/json", "/" + spoken + "/_ping");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void refusesAnEngineThatIsTooOld() throws IOException {
        HttpServer server = server("1.39", "1.12", new CopyOnWriteArrayList<>());
        try (DockerEngine engine = engine(server.getAddress().getPort())) {
            assertThatThrownBy(() -> engine.get("/info"))
                    .isInstanceOf(EngineFault.class)
                    .hasMessageContaining("speaks API 1.39; 1.40 (Docker 19.03) or newer is needed");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void saysWhoDidNotAnswerWhatWithinWhichTime() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                DockerEngine engine = engine(silent.getLocalPort())) {
            assertThatThrownBy(() -> engine.get("/info"))
                    .isInstanceOf(EngineFault.class)
                    .hasMessage("The Docker engine at tcp://127.0.0.1:" + silent.getLocalPort()
                            + " did not answer within 1 s (GET /version).");
        }
    }

    /** Whichever way it is asked: its own faults are known by their type. */
    @Test
    void saysThatItFailedAndInWhatCall() throws IOException {
        HttpServer server = server("1.44", "1.24", new CopyOnWriteArrayList<>());
        server.createContext("/v1.44/containers/failing/", exchange -> {
            byte[] body = "{\"message\":\"layer store: input/output error\"}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(500, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        try (DockerEngine engine = engine(server.getAddress().getPort())) {
            assertThatThrownBy(
                            () -> engine.patient().startContainerCmd("failing").exec())
                    .isInstanceOf(EngineFailure.class)
                    .hasMessage(
                            "The Docker engine at tcp://127.0.0.1:"
                                    + server.getAddress().getPort()
                                    + " failed (POST /v1.44/containers/failing/start, status 500): layer store: input/output error");
            assertThatThrownBy(() -> engine.container("failing")).isInstanceOf(EngineFailure.class);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void connectsAgainWhenTheEngineIsBack() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        try (DockerEngine engine = engine(port)) {
            assertThatThrownBy(() -> engine.get("/info"))
                    .isInstanceOf(EngineFault.class)
                    .hasMessageContaining("tcp://127.0.0.1:" + port + " can't be reached");
            HttpServer server = server(port, "1.44", "1.24", new CopyOnWriteArrayList<>());
            try {
                assertThat(engine.container("app-1")).isPresent();
            } finally {
                server.stop(0);
            }
        }
    }

    @Test
    void escapesNamesThatComeFromOutside() throws IOException {
        List<String> paths = new CopyOnWriteArrayList<>();
        HttpServer server = server("1.44", "1.24", paths);
        try (DockerEngine engine = engine(server.getAddress().getPort())) {
            engine.container("../x?force=1");
            assertThat(paths.get(1)).isEqualTo("/v1.44/containers/..%2Fx%3Fforce%3D1/json");
        } finally {
            server.stop(0);
        }
    }

    /** A daemon that was upgraded or taken back refuses what was agreed on with the one before, whatever it is asked. */
    @ParameterizedTest
    @CsvSource({"1.41, 1.12, 1.52, 1.44", "1.52, 1.44, 1.41, 1.12"})
    void agreesAnewWithADaemonOfAnotherVersion(String before, String oldestBefore, String now, String oldestNow)
            throws IOException {
        List<String> paths = new CopyOnWriteArrayList<>();
        HttpServer first = server(before, oldestBefore, paths);
        int port = first.getAddress().getPort();
        try (DockerEngine engine = engine(port)) {
            engine.get("/info");
            first.stop(0);
            HttpServer second = server(port, now, oldestNow, paths);
            try {
                engine.get("/info");
                engine.patient().pingCmd().exec();
                assertThat(paths).endsWith("/version", spoken(now) + "/info", spoken(now) + "/_ping");

                assertThatThrownBy(() -> engine.get("/refused"))
                        .isInstanceOf(BadRequestException.class)
                        .hasMessageContaining("whatever the version");
            } finally {
                second.stop(0);
            }
        } finally {
            first.stop(0);
        }
    }

    private static String spoken(String newest) {
        return newest.equals("1.41") ? "/v1.41" : "/v1.44";
    }

    private static DockerEngine engine(int port) {
        return new DockerEngine(
                new DockerSettings("tcp://127.0.0.1:" + port, null, Duration.ofSeconds(1), Map.of()),
                Duration.ofSeconds(5));
    }

    private static HttpServer server(String newest, String oldest, List<String> paths) throws IOException {
        return server(0, newest, oldest, paths);
    }

    private static HttpServer server(int port, String newest, String oldest, List<String> paths) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getRawPath();
            paths.add(path);
            String refusal = refusal(path, newest, oldest);
            String answer = refusal.isEmpty()
                    ? "{\"ApiVersion\":\"" + newest + "\",\"MinAPIVersion\":\"" + oldest + "\"}"
                    : "{\"message\":\"" + refusal + "\"}";
            byte[] body = answer.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(refusal.isEmpty() ? 200 : 400, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        return server;
    }

    /** In Docker's own words; empty where it does not refuse. */
    private static String refusal(String path, String newest, String oldest) {
        if (path.endsWith("/refused")) {
            return "whatever the version";
        }
        if (!path.startsWith("/v1")) {
            return "";
        }
        ApiVersion asked = ApiVersion.parse(path.substring(2, path.indexOf('/', 1)));
        if (asked.compareTo(ApiVersion.parse(oldest)) < 0) {
            return "client version " + asked + " is too old. Minimum supported API version is " + oldest;
        }
        return asked.compareTo(ApiVersion.parse(newest)) > 0
                ? "client version " + asked + " is too new. Maximum supported API version is " + newest
                : "";
    }
}
