package nocobase.procedures.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.HostConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import nocobase.procedures.Requires;
import nocobase.procedures.cluster.Containers;
import nocobase.procedures.cluster.Containers.ExecResult;
import nocobase.procedures.cluster.DataJob;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Progress;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Jobs reach what nodes reach, may write where they must, and are no other cluster's. */
@Requires("docker")
class JobsLikeNodesIT {

    private DockerScene scene;
    private DockerCluster host;

    @BeforeEach
    void oneNode() {
        scene = DockerRuntimeIT.nodes(1).mount("/etc:/tmp:ro").start();
        host = DockerRuntimeIT.host(scene);
    }

    @AfterEach
    void removeAll() {
        host.close();
        scene.close();
    }

    @Test
    void aJobWritesItsScratchFilesWhateverTheNodeMountsThere() {
        DataJob job = job(
                OperationId.next(scene.name()) + "-scratch",
                "echo x > /tmp/scratch && cat /tmp/scratch && ! touch /app/nocobase/storage/no 2>/dev/null"
                        + " && ls -d /app/nocobase/storage",
                scene.node(1) + ":ro",
                "none");
        assertThat(result(host.containers(), job)).isEqualTo(new ExecResult(0, "x\n/app/nocobase/storage\n"));
    }

    /** The database may be in the node's second network, or known by a name that only its definition tells. */
    @Test
    void aJobReachesWhatTheNodeReaches() {
        String second = scene.name() + "-second";
        DockerScene.docker().createNetworkCmd().withName(second).exec();
        DockerScene.docker().removeContainerCmd(scene.node(1)).exec();
        make(
                scene.node(1),
                scene.network(),
                Map.of(DockerScene.CLUSTER_LABEL, scene.name()),
                "database.owner:192.0.2.9");
        DockerScene.docker()
                .connectToNetworkCmd()
                .withContainerId(scene.node(1))
                .withNetworkId(second)
                .exec();
        String far = scene.name() + "-far";
        make(far, second, Map.of());
        DockerScene.docker().startContainerCmd(far).exec();

        DataJob job = job(
                OperationId.next(scene.name()) + "-reach",
                "getent hosts " + far + " && getent hosts database.owner",
                null,
                DataJob.NODES_NETWORKS);
        ExecResult result = result(host.containers(), job);
        assertThat(result.exitCode()).as(result.output()).isZero();
        assertThat(result.output()).contains("192.0.2.9");
    }

    @Test
    void aClusterOfTheSameNameOnThisHostHasItsOwn() {
        try (DockerCluster other = DockerRuntimeIT.host(scene, Map.of("nodes.labels.[project]", "another"))) {
            String name = "procedures-" + scene.name() + "-check";
            DataJob ours = job(name, "sleep 60", null, "none");
            host.containers().run(ours);
            DataJob theirs = job(name, "echo theirs", null, "none");
            assertThat(result(other.containers(), theirs).output()).isEqualTo("theirs\n");
            other.containers().forget(name);
            assertThat(host.containers().run(ours)).isInstanceOf(Progress.Pending.class);
            host.containers().forget(name);
            removeJobs();
        }
    }

    @Test
    void aJobOfOtherWordsIsAnotherOne() {
        String name = "procedures-" + scene.name() + "-check";
        assertThat(result(host.containers(), job(name, "echo before", null, "none"))
                        .output())
                .isEqualTo("before\n");
        assertThat(result(host.containers(), job(name, "echo after", null, "none"))
                        .output())
                .isEqualTo("after\n");
        host.containers().forget(name);
        assertThat(jobs()).isEmpty();
    }

    private List<String> jobs() {
        return DockerScene.docker()
                .listContainersCmd()
                .withShowAll(true)
                .withLabelFilter(Map.of(Marks.CLUSTER, scene.name()))
                .exec()
                .stream()
                .map(container -> container.getId())
                .toList();
    }

    private void removeJobs() {
        jobs().forEach(job ->
                DockerScene.docker().removeContainerCmd(job).withForce(true).exec());
    }

    private void make(String name, String network, Map<String, String> labels, String... extraHosts) {
        DockerScene.docker()
                .createContainerCmd(DockerScene.STAND_IN + ":2.2.15")
                .withName(name)
                .withLabels(labels)
                .withEntrypoint("sleep", "600")
                .withHostConfig(HostConfig.newHostConfig()
                        .withNetworkMode(network)
                        .withExtraHosts(extraHosts)
                        .withBinds(Bind.parse(scene.storageVolume() + ":/app/nocobase/storage")))
                .exec();
    }

    private static DataJob job(String name, String script, String volumesFrom, String network) {
        return new DataJob(
                name,
                DockerScene.STAND_IN + ":2.2.15",
                null,
                List.of("sh", "-c", script),
                Map.of(),
                Map.of(),
                List.of(),
                volumesFrom,
                network);
    }

    private static ExecResult result(Containers containers, DataJob job) {
        Progress<ExecResult> progress = Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> containers.run(job), it -> !(it instanceof Progress.Pending));
        assertThat(progress).isInstanceOf(Progress.Done.class);
        return ((Progress.Done<ExecResult>) progress).result();
    }
}
