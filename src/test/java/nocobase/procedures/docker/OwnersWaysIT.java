package nocobase.procedures.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.RestartPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nocobase.procedures.Requires;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.ClusterRuntime;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Scale;
import nocobase.procedures.cluster.Version;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes as owners make and call them. */
@Requires("docker")
class OwnersWaysIT {

    private static final Version NEXT = Version.parse("2.2.16");

    @Test
    void aNameIsNoMark() {
        try (DockerScene scene = DockerRuntimeIT.nodes(2).start();
                DockerCluster host = DockerRuntimeIT.host(scene)) {
            ClusterRuntime runtime = host.runtime();
            String odd = scene.node(1) + "-pre-release-abcdefgh";
            DockerScene.docker().renameContainerCmd(scene.node(2)).withName(odd).exec();
            assertThat(names(runtime.observe().nodes())).containsExactlyInAnyOrder(scene.node(1), odd);
            DockerRuntimeIT.reach(host, Scale.all(Set.of()));
            assertThat(names(runtime.beyond(Scale.all(Set.of())))).isEmpty();
            assertThat(check(runtime, "No leftovers of another operation").result())
                    .isEqualTo(Check.Result.PASS);

            DockerRuntimeIT.reach(host, Scale.none());
            OperationId operation = OperationId.next(scene.name());
            runtime.switchVersion(NEXT, operation);
            DockerRuntimeIT.reach(host, Scale.all(Set.of()));
            runtime.finish(operation);
            assertThat(runtime.observe().nodes())
                    .extracting(Node::name, Node::version)
                    .containsExactlyInAnyOrder(
                            org.assertj.core.groups.Tuple.tuple(scene.node(1), NEXT),
                            org.assertj.core.groups.Tuple.tuple(odd, NEXT));
            assertThat(scene.containers()).hasSize(2);

            DockerScene.docker()
                    .removeContainerCmd(scene.node(1))
                    .withForce(true)
                    .exec();
            assertThat(host.containers().definition(scene.node(1)))
                    .as("not the other node's")
                    .isNull();
            assertThat(names(runtime.observe().nodes())).containsExactly(odd);
        }
    }

    /** Cut between the renaming and the making of the new one, and a person removed what was made: the note remains. */
    @Test
    void aNodeThatExistsOnlyAsItWasSetAsideIsFoundByItsNote() {
        try (DockerScene scene = DockerRuntimeIT.nodes(1).start();
                DockerCluster host = DockerRuntimeIT.host(scene)) {
            OperationId operation = OperationId.next(scene.name());
            host.runtime().switchVersion(NEXT, operation);
            DockerScene.docker().removeContainerCmd(scene.node(1)).exec();
            assertThat(names(host.runtime().observe().nodes())).containsExactly(scene.node(1));
            host.runtime().switchBack(operation);
            assertThat(scene.inspect(scene.node(1)).getConfig().getImage()).endsWith(":2.2.15");
        }
    }

    /** The official image unpacks it while it starts for the first time; whoever looked before has seen none. */
    @Test
    void aFileOfVariablesThatComesDuringAStartIsReadInThatStart() {
        try (DockerScene scene = DockerRuntimeIT.nodes(1).start();
                DockerCluster host = DockerRuntimeIT.host(scene)) {
            ClusterRuntime runtime = host.runtime();
            scene.startNode(1);
            assertThat(runtime.observe().first().paths().api()).isEqualTo("/api/");
            DockerScene.copy(scene.node(1), "/app/nocobase", ".env", "API_BASE_PATH=/rest/\n");
            assertThat(runtime.observe().first().paths().api()).isEqualTo("/rest/");
        }
    }

    /** As Compose files bind it; the node that takes its place has it too. */
    @Test
    void aMountedFileOfVariablesIsReadWhetherTheNodeRunsOrNot(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("variables"), "API_BASE_PATH=/rest/\nTHEIRS='a word'\n");
        try (DockerScene scene = DockerRuntimeIT.nodes(1)
                        .mount(file + ":/app/nocobase/.env:ro")
                        .start();
                DockerCluster host = DockerRuntimeIT.host(scene)) {
            ClusterRuntime runtime = host.runtime();
            assertThat(runtime.observe().first().paths().api()).isEqualTo("/rest/");
            scene.startNode(1);
            assertThat(runtime.observe().first().paths().api()).isEqualTo("/rest/");
            assertThat(host.containers().variables(scene.node(1)))
                    .containsEntry("THEIRS", "a word")
                    .containsEntry("APP_KEY", DockerScene.APP_KEY);
            assertThat(host.containers().variables("nobody")).isEmpty();
            DockerRuntimeIT.reach(host, Scale.none());
            runtime.switchVersion(NEXT, OperationId.next(scene.name()));
            assertThat(runtime.observe().first().paths().api()).isEqualTo("/rest/");
        }
    }

    /** Whatever keeps the note from being written: here a file system that is read only, else a full disk. */
    @Test
    void anIntruderStopsAlsoWhereNothingCanBeNoted() {
        try (DockerScene scene = DockerRuntimeIT.nodes(2).start();
                DockerCluster host = DockerRuntimeIT.host(scene, Map.of("nodes.stop-grace", "1s"))) {
            readOnly(scene, scene.node(2));
            scene.startNode(2);
            DockerRuntimeIT.reach(host, Scale.all(Set.of()));
            host.runtime().expel(host.runtime().beyond(Scale.first()));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> !scene.inspect(scene.node(2)).getState().getRunning());

            scene.startNode(2);
            assertThatThrownBy(() -> Awaitility.await()
                            .atMost(Duration.ofSeconds(20))
                            .pollInterval(Duration.ofMillis(50))
                            .until(() -> host.runtime().scale(Scale.first()), progress -> false))
                    .hasMessageContaining("read-only");
            assertThat(scene.inspect(scene.node(2)).getState().getRunning()).isFalse();
        }
    }

    @Test
    void twoNodesOfOneAddressAreRefused() {
        try (DockerScene scene = DockerRuntimeIT.nodes(2).start();
                DockerCluster host = DockerRuntimeIT.host(scene)) {
            assertThat(check(host.runtime(), "An address for each node").result())
                    .isEqualTo(Check.Result.PASS);
            for (String node : scene.nodes()) {
                make(scene, node, HostConfig.newHostConfig().withNetworkMode("host"));
            }
            Check refused = check(host.runtime(), "An address for each node");
            assertThat(refused.result()).isEqualTo(Check.Result.FAIL);
            assertThat(refused.finding()).contains(scene.node(1) + ", " + scene.node(2), "127.0.0.1:13000");
            assertThat(refused.remedy()).contains("network_mode: host");
        }
    }

    private static void readOnly(DockerScene scene, String node) {
        make(
                scene,
                node,
                HostConfig.newHostConfig()
                        .withReadonlyRootfs(true)
                        .withRestartPolicy(RestartPolicy.alwaysRestart())
                        .withNetworkMode(scene.network()));
    }

    private static void make(DockerScene scene, String node, HostConfig host) {
        DockerScene.docker().removeContainerCmd(node).withForce(true).exec();
        DockerScene.docker()
                .createContainerCmd(DockerScene.STAND_IN + ":2.2.15")
                .withName(node)
                .withLabels(Map.of(DockerScene.CLUSTER_LABEL, scene.name(), DockerScene.TEST_LABEL, "true"))
                .withEntrypoint("sleep", "600")
                .withHostConfig(host.withBinds(Bind.parse(scene.storageVolume() + ":/app/nocobase/storage")))
                .exec();
    }

    private static Check check(ClusterRuntime runtime, String name) {
        return runtime.check(null).stream()
                .filter(check -> check.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> names(List<Node> nodes) {
        return nodes.stream().map(Node::name).toList();
    }
}
