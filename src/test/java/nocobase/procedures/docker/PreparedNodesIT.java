package nocobase.procedures.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nocobase.procedures.Requires;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.ClusterRuntime;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Scale;
import nocobase.procedures.cluster.Version;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What nodes are replaced by is made while they serve, and used behind the 503 page. */
@Requires("docker")
class PreparedNodesIT {

    private static final Version NEXT = Version.parse("2.2.16");

    private DockerScene scene;
    private DockerCluster host;
    private ClusterRuntime runtime;
    private OperationId operation;

    @TempDir
    private Path directory;

    @BeforeEach
    void twoNodes() {
        scene = DockerRuntimeIT.nodes(2).start();
        host = DockerRuntimeIT.host(scene);
        runtime = host.runtime();
        operation = OperationId.next(scene.name());
    }

    @AfterEach
    void removeAll() {
        host.close();
        scene.close();
    }

    @Test
    void theVeryContainersThatWerePreparedBecomeTheNodes() {
        DockerRuntimeIT.reach(host, Scale.all(Set.of()));
        runtime.prepare(NEXT, operation);
        List<String> prepared =
                scene.nodes().stream().map(this::next).map(this::idOf).toList();
        runtime.prepare(NEXT, operation);
        assertThat(scene.nodes().stream().map(this::next).map(this::idOf)).isEqualTo(prepared);

        assertThat(runtime.observe().nodes()).extracting(Node::name).isEqualTo(scene.nodes());
        assertThat(DockerRuntimeIT.running(runtime.observe())).isEqualTo(scene.nodes());
        assertThat(scene.inspect(next(scene.node(1))).getState().getRunning()).isFalse();
        assertThat(runtime.check(NEXT))
                .filteredOn(check -> List.of(
                                "Number of nodes", "No leftovers of another operation", "Same image on all nodes")
                        .contains(check.name()))
                .extracting(Check::result)
                .containsOnly(Check.Result.PASS);
        assertThat(DockerRuntimeIT.running(DockerRuntimeIT.reach(host, Scale.all(Set.of()))))
                .isEqualTo(scene.nodes());

        DockerRuntimeIT.reach(host, Scale.none());
        runtime.switchVersion(NEXT, operation);
        assertThat(scene.nodes().stream().map(this::idOf)).isEqualTo(prepared);
        assertThat(runtime.observe().nodes()).extracting(Node::version).containsOnly(NEXT);
        DockerRuntimeIT.reach(host, Scale.all(Set.of()));
        runtime.finish(operation);
        assertThat(scene.containers()).hasSize(2);
        assertThat(DockerRuntimeIT.policy(scene, scene.node(2))).isEqualTo("unless-stopped");
    }

    @Test
    void nothingOfThemIsLeftAfterAnAbort() {
        DockerRuntimeIT.reach(host, Scale.all(Set.of()));
        List<String> ids = scene.nodes().stream().map(this::idOf).toList();
        runtime.prepare(NEXT, operation);
        assertThat(scene.containers()).hasSize(4);
        runtime.finish(operation);
        assertThat(scene.containers()).extracting(Container::getId).containsExactlyInAnyOrderElementsOf(ids);

        runtime.prepare(NEXT, operation);
        runtime.prepare(NEXT, OperationId.next(scene.name()));
        assertThat(scene.containers())
                .as("what a deleted operation prepared goes too")
                .hasSize(4);
    }

    /** Its owner changes the node between the plan and the downtime. */
    @Test
    void aNodeThatWasChangedSinceIsReplacedAsItIsNow() {
        runtime.prepare(NEXT, operation);
        DockerScene.docker()
                .updateContainerCmd(scene.node(2))
                .withMemory(512L << 20)
                .withMemorySwap(1L << 30)
                .exec();
        runtime.switchVersion(NEXT, operation);
        assertThat(scene.inspect(scene.node(2)).getHostConfig().getMemory()).isEqualTo(512L << 20);
        assertThat(scene.inspect(scene.node(1)).getHostConfig().getMemory()).isZero();
    }

    /** What the engine refuses, it refuses while clients are served. */
    @Test
    void whatCannotBeMadeIsRefusedBeforeAnythingIsTouched() throws IOException {
        Path given = Files.createDirectory(directory.resolve("given"));
        String node = scene.node(2);
        DockerScene.docker().removeContainerCmd(node).exec();
        DockerScene.docker()
                .createContainerCmd(DockerScene.STAND_IN + ":2.2.15")
                .withName(node)
                .withLabels(Map.of(DockerScene.CLUSTER_LABEL, scene.name()))
                .withHostConfig(HostConfig.newHostConfig()
                        .withNetworkMode(scene.network())
                        .withBinds(Bind.parse(scene.storageVolume() + ":/app/nocobase/storage"))
                        .withMounts(List.of(new Mount()
                                .withType(MountType.BIND)
                                .withSource(given.toString())
                                .withTarget("/given"))))
                .exec();
        DockerRuntimeIT.reach(host, Scale.all(Set.of()));
        assertThat(trial().result()).isEqualTo(Check.Result.PASS);
        Files.delete(given);

        Check refused = trial();
        assertThat(refused.result()).isEqualTo(Check.Result.FAIL);
        assertThat(refused.finding()).contains(node, "source path does not exist");
        assertThatThrownBy(() -> runtime.prepare(NEXT, operation))
                .isInstanceOf(CannotProceedException.class)
                .hasMessageContaining("source path does not exist");
        assertThat(scene.containers()).hasSize(2);
        assertThat(DockerRuntimeIT.running(runtime.observe())).isEqualTo(scene.nodes());
    }

    private Check trial() {
        return runtime.check(NEXT).stream()
                .filter(check -> check.name().equals("Replacements of the nodes"))
                .findFirst()
                .orElseThrow();
    }

    private String next(String node) {
        return node + "-next-" + operation;
    }

    private String idOf(String container) {
        InspectContainerResponse inspected = scene.inspect(container);
        return inspected.getId();
    }
}
