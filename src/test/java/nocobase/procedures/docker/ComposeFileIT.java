package nocobase.procedures.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
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
import nocobase.procedures.Person;
import nocobase.procedures.Requires;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Compose file of this repository, with local images and stand-in nodes: the engine's image is built as owners build it,
 * and the engine in it performs the first start.
 */
@Requires({"docker", "compose"})
class ComposeFileIT {

    private static final List<String> NODES = List.of("app-1", "app-2", "app-3");
    private static final List<String> REST =
            List.of("engine", "engine-postgres", "nginx", "nocobase-postgres", "redis");

    private static final String SECRET = "secret-of-the-test";
    private static final String PEOPLES = "correct-horse-battery";
    private static final Duration SOON = Duration.ofMinutes(3);

    private final String project =
            "t" + Long.toHexString(ThreadLocalRandom.current().nextLong());

    @TempDir
    private Path directory;

    /** Ports that Docker chooses. */
    @BeforeEach
    void settings() throws IOException {
        Files.writeString(directory.resolve("env"), """
                ENGINE_ADMIN_PASSWORD=%1$s
                ENGINE_DB_PASSWORD=%1$s
                NOCOBASE_DB_PASSWORD=%1$s
                POSTGRES_ADMIN_PASSWORD=%1$s
                NOCOBASE_APP_KEY=key-of-the-test-2026
                NOCOBASE_ROOT_PASSWORD=%1$s
                NOCOBASE_VERSION=2.2.15
                DOCKER_GROUP=%2$s
                ENGINE_IMAGE=local/procedures:test
                ENGINE_BASE_IMAGE=local/debian:bookworm
                BUILD_NETWORK=host
                NOCOBASE_IMAGE=local/stand-in
                POSTGRES_IMAGE=local/postgres:15
                REDIS_IMAGE=local/redis:7
                NGINX_IMAGE=local/nginx:1
                ENGINE_PORT=0
                HTTP_PORT=0
                """.formatted(
                        SECRET, Files.getAttribute(Path.of("/var/run/docker.sock"), "unix:gid")));
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
    void everythingComesUpButTheNodesWhichTheEngineStarts() throws IOException {
        build();
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

        try {
            firstStart();
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(compose("logs", "engine"), e);
        }
        assertThat(states()).allSatisfy((service, state) -> assertThat(state).isEqualTo("running"));
        Awaitility.await("clients reach the nodes")
                .atMost(SOON)
                .until(() -> get("/api/app:getInfo").statusCode() == 200);
        up();
        assertThat(states()).allSatisfy((service, state) -> assertThat(state).isEqualTo("running"));
    }

    /** On a host where something else has the port that the engine has in its container. */
    private void build() throws IOException {
        assertThat(Path.of("target", "nocobase-cluster-procedures.jar"))
                .as("made by ./mvnw package -DskipTests")
                .exists();
        try (ServerSocket busy = new ServerSocket()) {
            try {
                busy.bind(new InetSocketAddress("127.0.0.1", 8080));
            } catch (BindException taken) {
                // All the better.
            }
            compose("build", "engine");
        }
    }

    private void firstStart() {
        Awaitility.await("Docker calls the engine healthy")
                .atMost(SOON)
                .until(() -> compose("ps", "engine", "--format", "{{.Health}}").strip(), "healthy"::equals);
        assertThat(compose("exec", "-T", "engine", "id", "--user").strip()).isEqualTo("10001");
        assertThat(compose("logs", "engine")).doesNotContain("ERROR", "shared archive file has");

        URI engine = URI.create("http://" + compose("port", "engine", "8080").strip());
        Person admin = new Person(engine, "admin", SECRET);
        admin.createUser("olga", PEOPLES, "ops");
        admin.createUser("maria", PEOPLES, "managers");
        Person olga = new Person(engine, "olga", PEOPLES);
        Person maria = new Person(engine, "maria", PEOPLES);
        JsonNode started = olga.start("first-start", Map.of("cluster", "main", "reason", "It is new"));
        String operation = started.path("businessKey").asText();
        Person.Task plan = task(olga, operation, "reviewPlan");
        assertThat(olga.shown(plan).toString()).doesNotContain("FAIL");
        olga.complete(plan, Map.of("planAccepted", true, "acceptedWarnings", olga.warnings(plan)));
        Awaitility.await("the first start has ended")
                .atMost(SOON)
                .until(() -> maria.get("/history/process-instance/"
                                + started.path("id").asText())
                        .path("state")
                        .asText()
                        .equals("COMPLETED"));
    }

    private static Person.Task task(Person person, String operation, String key) {
        List<Person.Task> tasks = Awaitility.await("task " + key)
                .atMost(SOON)
                .until(() -> person.tasks(operation), found -> !found.isEmpty());
        assertThat(tasks).extracting(Person.Task::key).containsExactly(key);
        return tasks.get(0);
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
