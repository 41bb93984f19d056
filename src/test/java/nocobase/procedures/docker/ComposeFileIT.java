package nocobase.procedures.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import nocobase.procedures.Requires;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Compose file of this repository, with local images; a stand-in node takes the engine's place. */
@Requires({"docker", "compose"})
class ComposeFileIT {

    private static final List<String> NODES = List.of("app-1", "app-2", "app-3");
    private static final List<String> REST =
            List.of("engine", "engine-postgres", "nginx", "nocobase-postgres", "redis");

    private final String project =
            "t" + Long.toHexString(ThreadLocalRandom.current().nextLong());

    @TempDir
    private Path directory;

    /** Ports that the engine chooses, and no Docker socket for the container that is not ours. */
    @BeforeEach
    void settings() throws IOException {
        Files.writeString(directory.resolve("env"), """
                ENGINE_ADMIN_PASSWORD=secret-of-the-test
                ENGINE_DB_PASSWORD=secret-of-the-test
                NOCOBASE_DB_PASSWORD=secret-of-the-test
                POSTGRES_ADMIN_PASSWORD=secret-of-the-test
                NOCOBASE_APP_KEY=key-of-the-test
                NOCOBASE_ROOT_PASSWORD=secret-of-the-test
                NOCOBASE_VERSION=2.2.15
                DOCKER_GROUP=0
                DOCKER_SOCKET=/dev/null
                ENGINE_IMAGE=local/stand-in:2.2.15
                NOCOBASE_IMAGE=local/stand-in
                POSTGRES_IMAGE=local/postgres:15
                REDIS_IMAGE=local/redis:7
                NGINX_IMAGE=local/nginx:1
                ENGINE_PORT=0
                HTTP_PORT=0
                """);
        StringBuilder labels = new StringBuilder("services:\n");
        List<String> services = new ArrayList<>(REST);
        services.addAll(NODES);
        services.forEach(service -> labels.append(labelled(service)));
        labels.append("networks:\n");
        List.of("cluster", "engine").forEach(network -> labels.append(labelled(network)));
        labels.append("volumes:\n");
        List.of("storage", "routes", "redis", "restore-points", "nocobase-postgres", "engine-postgres")
                .forEach(volume -> labels.append(labelled(volume)));
        Files.writeString(directory.resolve("labels.yaml"), labels);
    }

    private static String labelled(String name) {
        return "  " + name + ": {labels: {" + DockerScene.TEST_LABEL + ": \"true\"}}\n";
    }

    @AfterEach
    void remove() {
        compose("--profile", "nodes", "down", "--volumes", "--timeout", "0");
    }

    @Test
    void everythingComesUpButTheNodesWhichNobodyStarts() throws IOException {
        assertThat(compose("config", "--services").lines()).containsExactlyInAnyOrderElementsOf(REST);

        up();
        assertThat(states())
                .containsOnlyKeys(REST)
                .allSatisfy((service, state) -> assertThat(state).isEqualTo("running"));
        compose("--profile", "nodes", "create", "--no-build");
        assertCreated();
        up();
        assertCreated();

        HttpResponse<String> page = get("/");
        assertThat(page.statusCode()).isEqualTo(503);
        assertThat(page.headers().firstValue("Retry-After")).isPresent();
        assertThat(page.body()).contains("Not started yet", "ainda não foi iniciado");
        HttpResponse<String> api = get("/api/users:list");
        assertThat(api.statusCode()).isEqualTo(503);
        assertThat(new ObjectMapper().readTree(api.body()).at("/error/code").asText())
                .isEqualTo("MAINTENANCE");
    }

    private void up() {
        compose("up", "--detach", "--no-build");
    }

    private void assertCreated() {
        Map<String, String> states = states();
        assertThat(states).containsKeys(NODES.toArray(String[]::new));
        states.forEach((service, state) ->
                assertThat(state).as(service).isEqualTo(NODES.contains(service) ? "created" : "running"));
    }

    /** By service. */
    private Map<String, String> states() {
        Map<String, String> states = new TreeMap<>();
        compose("ps", "--all", "--format", "{{.Service}} {{.State}}")
                .lines()
                .map(line -> line.split(" "))
                .forEach(words -> states.put(words[0], words[1]));
        return states;
    }

    /** By nginx's address in the cluster's network. */
    private HttpResponse<String> get(String path) {
        String address = DockerScene.docker()
                .inspectContainerCmd(project + "-nginx")
                .exec()
                .getNetworkSettings()
                .getNetworks()
                .get(project + "_cluster")
                .getIpAddress();
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://" + address + path)).build();
        return Awaitility.await("nginx answers")
                .atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .until(() -> HttpClient.newHttpClient().send(request, BodyHandlers.ofString()), answer -> true);
    }

    private String compose(String... arguments) {
        List<String> command =
                new ArrayList<>(List.of(SecondEngine.compose().orElseThrow().toString(), "--project-name", project));
        command.addAll(List.of("--env-file", directory.resolve("env").toString()));
        command.addAll(
                List.of("--file", Path.of("docker-compose.yml").toAbsolutePath().toString()));
        command.addAll(List.of("--file", directory.resolve("labels.yaml").toString()));
        command.addAll(List.of(arguments));
        return SecondEngine.run(directory, command.toArray(String[]::new));
    }
}
