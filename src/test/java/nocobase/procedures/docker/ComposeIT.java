package nocobase.procedures.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nocobase.procedures.Requires;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Scale;
import nocobase.procedures.cluster.Version;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that Docker Compose made: switched and finished, they are what Compose believes to have made. */
@Requires({"docker", "compose"})
class ComposeIT {

    private static final Version NEXT = Version.parse("2.2.16");
    private static final String FILE = """
            services:
              app1: &node
                image: local/stand-in:2.2.15
                environment: {APP_KEY: a, OWN: "b c"}
                restart: unless-stopped
                labels: {nocobase.cluster: "%1$s", nocobase.procedures.test: "true"}
                networks: {default: {aliases: [own-alias]}}
                volumes: ["storage:/app/nocobase/storage", "/anonymous"]
                healthcheck: {test: ["CMD", "true"], interval: 30s}
              app2: *node
            networks:
              default: {name: %1$s-net, external: true}
            volumes:
              storage: {name: %1$s-storage, external: true}
            """;

    @TempDir
    private Path directory;

    private DockerScene scene;
    private DockerCluster host;

    @BeforeEach
    void create() throws IOException {
        scene = DockerRuntimeIT.nodes(0).start();
        host = DockerRuntimeIT.host(scene, Map.of("nodes.compose-project", scene.name()));
        Files.writeString(directory.resolve("compose.yaml"), FILE.formatted(scene.name()));
        compose("create");
    }

    @AfterEach
    void removeAll() {
        host.close();
        scene.close();
    }

    @Test
    void composeLeavesSwitchedNodesAlone() throws IOException {
        assertThat(host.runtime().observe().nodes()).hasSize(2);
        OperationId operation = OperationId.next(scene.name());
        host.runtime().switchVersion(NEXT, operation);
        DockerRuntimeIT.reach(host, Scale.all(Set.of()));
        host.runtime().finish(operation);
        List<String> ids = ids();

        // Still the old version in its file: on the new database it would spoil the data.
        String up = compose("up", "--detach");
        assertThat(ids()).as(up).isEqualTo(ids);
        assertThat(host.runtime().observe().nodes())
                .extracting(node -> node.version())
                .containsOnly(NEXT);

        Files.writeString(
                directory.resolve("compose.yaml"), FILE.formatted(scene.name()).replace("2.2.15", "2.2.16"));
        up = compose("up", "--detach", "--no-recreate");
        assertThat(ids()).as(up).isEqualTo(ids);
        assertThat(compose("ps", "--format", "{{.Service}} {{.Image}}"))
                .contains("app1 local/stand-in:2.2.16", "app2 local/stand-in:2.2.16");
    }

    @Test
    void composeLeavesNodesAloneThatWereSwitchedBack() {
        List<String> ids = ids();
        OperationId operation = OperationId.next(scene.name());
        host.runtime().switchVersion(NEXT, operation);
        host.runtime().switchBack(operation);
        DockerRuntimeIT.reach(host, Scale.all(Set.of()));
        host.runtime().finish(operation);
        assertThat(ids()).isEqualTo(ids);
        String up = compose("up", "--detach");
        assertThat(ids()).as(up).isEqualTo(ids);
    }

    /** Compose would take a prepared container for the service's, start it, and remove the node. */
    @Test
    void nothingIsPreparedThatComposeCouldStart() {
        DockerRuntimeIT.reach(host, Scale.all(Set.of()));
        List<String> nodes = ids();
        OperationId operation = OperationId.next(scene.name());
        host.runtime().prepare(NEXT, operation);
        assertThat(ids()).isEqualTo(nodes);

        String up = compose("up", "--detach");
        assertThat(ids()).as(up).isEqualTo(nodes);
        assertThat(host.runtime().observe().running()).hasSize(2).noneMatch(node -> NEXT.equals(node.version()));

        DockerRuntimeIT.reach(host, Scale.none());
        host.runtime().switchVersion(NEXT, operation);
        DockerRuntimeIT.reach(host, Scale.all(Set.of()));
        host.runtime().finish(operation);
        assertThat(host.runtime().observe().running()).hasSize(2).allMatch(node -> NEXT.equals(node.version()));
        assertThat(ids()).hasSize(2);
    }

    private List<String> ids() {
        return scene.containers().stream()
                .map(container -> container.getNames()[0] + " " + container.getId())
                .sorted()
                .toList();
    }

    private String compose(String... arguments) {
        List<String> command = new ArrayList<>(
                List.of(SecondEngine.compose().orElseThrow().toString(), "--project-name", scene.name()));
        command.addAll(Arrays.asList(arguments));
        return SecondEngine.run(directory, command.toArray(String[]::new));
    }
}
