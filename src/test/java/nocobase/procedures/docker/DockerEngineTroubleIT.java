package nocobase.procedures.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.RestartPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import nocobase.procedures.Requires;
import nocobase.procedures.cluster.ClusterState;
import nocobase.procedures.cluster.Image;
import nocobase.procedures.cluster.MayHealException;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Scale;
import nocobase.procedures.cluster.Version;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A Docker engine that really ends and starts again in the middle of something, and one whose disk is full. */
@Requires({"docker", "engines"})
class DockerEngineTroubleIT {

    private static final String PRESENT = DockerScene.STAND_IN + ":2.2.15";

    @Test
    void restartsAndCrashesInTheMiddle() {
        try (SecondEngine engine = SecondEngine.alone();
                DockerScene scene = DockerRuntimeIT.nodes(0).start()) {
            engine.load(PRESENT);
            List<String> nodes = List.of(scene.node(1), scene.node(2));
            nodes.forEach(node -> create(engine, scene, node));
            try (DockerCluster host = DockerRuntimeIT.host(scene, Map.of("docker.host", engine.url()))) {
                DockerRuntimeIT.reach(host, Scale.all(Set.of()));

                assertThat(host.runtime().scale(Scale.none())).isInstanceOf(Progress.Pending.class);
                engine.restart();
                reachAll(host, Scale.none());
                engine.restart();
                assertThat(running(host))
                        .as("what may not run does not come up with the engine")
                        .isEmpty();

                assertThat(host.runtime().scale(Scale.all(Set.of()))).isInstanceOf(Progress.Pending.class);
                engine.crash();
                reachAll(host, Scale.all(Set.of()));
                assertThat(running(host)).isEqualTo(nodes);

                host.runtime().finish(OperationId.next(scene.name()));
                engine.restart();
                Awaitility.await("as their owner wants it")
                        .untilAsserted(() -> assertThat(running(host)).isEqualTo(nodes));
            }
        }
    }

    /** Upgraded while this application runs, and taken back: calls of each kind find their way, also one with a stream. */
    @Test
    void isExchangedForOneOfAnotherVersion() throws IOException {
        String own = "/var/run/docker.sock";
        try (SecondEngine newer = SecondEngine.alone();
                DockerScene scene = DockerRuntimeIT.nodes(1).start();
                ExchangedEngine address = new ExchangedEngine(newer.socket())) {
            newer.load(PRESENT);
            String node = scene.node(1);
            create(newer, scene, node);
            try (DockerCluster host = DockerRuntimeIT.host(scene, Map.of("docker.host", address.url()))) {
                for (String socket : List.of(newer.socket(), own, newer.socket())) {
                    address.exchangeFor(socket);
                    DockerRuntimeIT.reach(host, Scale.all(Set.of()));
                    host.containers().write(node, "/tmp/written", socket.getBytes(StandardCharsets.UTF_8), 0644);
                    assertThat(host.containers()
                                    .exec(node, List.of("cat", "/tmp/written"), Duration.ofSeconds(10))
                                    .output())
                            .isEqualTo(socket);
                }
            }
        }
    }

    @Test
    void saysThatTheDiskIsFull() throws Exception {
        try (SecondEngine engine = SecondEngine.onSmallDisk("48m");
                TinyRegistry registry = new TinyRegistry();
                DockerScene scene = DockerRuntimeIT.nodes(0).start();
                DockerCluster host = DockerRuntimeIT.host(scene, keys(engine, registry.repository()))) {
            registry.publish("2.3.0", "2.3.0", "amd64", 80_000_000);
            Progress<Image> pulled = Awaitility.await()
                    .atMost(Duration.ofMinutes(1))
                    .until(
                            () -> host.runtime().pull(Version.parse("2.3.0")),
                            progress -> !(progress instanceof Progress.Pending));
            assertThat(pulled)
                    .isInstanceOfSatisfying(
                            Progress.Failed.class,
                            failed -> assertThat(failed.failure().what())
                                    .contains("the disk of the Docker engine at " + engine.url() + " is full"));
        }
    }

    private static void create(SecondEngine engine, DockerScene scene, String node) {
        engine.docker()
                .createContainerCmd(PRESENT)
                .withName(node)
                .withLabels(Map.of(DockerScene.CLUSTER_LABEL, scene.name(), DockerScene.TEST_LABEL, "true"))
                .withHostConfig(HostConfig.newHostConfig().withRestartPolicy(RestartPolicy.alwaysRestart()))
                .exec();
    }

    private static Map<String, String> keys(SecondEngine engine, String repository) {
        return Map.of(
                "docker.host", engine.url(),
                "docker.tls-directory", engine.tlsDirectory().toString(),
                "nodes.image", repository + ":{version}");
    }

    private static List<String> running(DockerCluster host) {
        return again(() -> Optional.of(host.runtime().observe())).running().stream()
                .map(Node::name)
                .toList();
    }

    private static void reachAll(DockerCluster host, Scale scale) {
        again(() -> host.runtime().scale(scale) instanceof Progress.Done<ClusterState> done
                ? Optional.of(done.result())
                : Optional.empty());
    }

    /** Calls that the engine's end cut off are made again, as the job executor and the watcher do. */
    private static <T> T again(Callable<Optional<T>> call) {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(40))
                .pollInterval(Duration.ofMillis(100))
                .ignoreExceptionsMatching(fault -> fault instanceof EngineFault
                        || fault instanceof DockerException
                        || fault instanceof MayHealException)
                .until(call, Optional::isPresent)
                .orElseThrow();
    }
}
