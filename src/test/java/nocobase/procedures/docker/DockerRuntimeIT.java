package nocobase.procedures.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.RestartPolicy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nocobase.procedures.Requires;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.ClusterRuntime;
import nocobase.procedures.cluster.ClusterState;
import nocobase.procedures.cluster.MayHealException;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Scale;
import nocobase.procedures.cluster.Version;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Scale, switch and finish on the real engine. */
@Requires("docker")
@Tag("alone")
class DockerRuntimeIT {

    private static final Version NEXT = Version.parse("2.2.16");

    @Test
    void scalesUpAndDown() {
        try (DockerScene scene = nodes(3).start();
                DockerCluster host = host(scene)) {
            ClusterState created = host.runtime().observe();
            assertThat(created.nodes()).extracting(Node::name).isEqualTo(scene.nodes());
            assertThat(created.nodes())
                    .extracting(node -> node.version().toString())
                    .containsOnly("2.2.15");
            assertThat(created.running()).isEmpty();

            assertThat(running(reach(host, Scale.first()))).containsExactly(scene.node(1));
            ClusterState all = reach(host, Scale.all(Set.of()));
            assertThat(running(all)).isEqualTo(scene.nodes());
            assertThat(all.first().url()).isEqualTo(scene.nodeUrl(1));
            assertThat(running(reach(host, Scale.all(Set.of(scene.node(2))))))
                    .containsExactly(scene.node(1), scene.node(3));
            assertThat(running(reach(host, Scale.none()))).isEmpty();
        }
    }

    @Test
    void stopsGracefullyWithinThreeSecondsWhatDockerStopKillsAfterTen() {
        try (DockerScene scene = nodes(3).start();
                DockerCluster host = host(scene)) {
            reach(host, Scale.all(Set.of()));
            awaitApplications(scene, 3);
            Instant before = Instant.now();
            reach(host, Scale.none());
            assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(3));
            assertThat(host.runtime().logTail(scene.node(2), 50)).contains("app has stopped");
        }
    }

    @Test
    void killsAnApplicationThatIgnoresSigtermAfterItsGrace() {
        try (DockerScene scene = nodes(1).image(DockerScene.STAND_IN, "2.2.21").start();
                DockerCluster host = host(scene, Map.of("nodes.stop-grace", "2s"))) {
            reach(host, Scale.all(Set.of()));
            awaitApplications(scene, 1);
            Instant before = Instant.now();
            reach(host, Scale.none());
            assertThat(Duration.between(before, Instant.now())).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(6));
        }
    }

    /** The image's own entry point, an init process, a worker; and one that somebody removes while it stops. */
    @Test
    void stopsNodesOfEachKindAlsoOneThatIsGone() {
        try (DockerScene scene = nodes(4).init(2)
                        .init(3)
                        .environment(3, "WORKER_MODE", "*")
                        .start();
                DockerCluster host = host(scene)) {
            reach(host, Scale.all(Set.of()));
            awaitApplications(scene, 4);
            assertThat(host.runtime()
                            .observe()
                            .node(scene.node(3))
                            .orElseThrow()
                            .worker())
                    .isTrue();
            Instant before = Instant.now();
            assertThat(host.runtime().scale(Scale.none())).isInstanceOf(Progress.Pending.class);
            DockerScene.docker()
                    .removeContainerCmd(scene.node(4))
                    .withForce(true)
                    .exec();
            ClusterState stopped = reach(host, Scale.none());
            assertThat(stopped.nodes())
                    .extracting(Node::name)
                    .containsExactly(scene.node(1), scene.node(2), scene.node(3));
            assertThat(stopped.running()).isEmpty();
            assertThat(Duration.between(before, Instant.now()))
                    .as("docker stop alone takes ten seconds for the first")
                    .isLessThan(Duration.ofSeconds(9));
            for (int node = 1; node <= 3; node++) {
                assertThat(host.runtime().logTail(scene.node(node), 50)).contains("app has stopped");
                assertThat(policy(scene, scene.node(node))).isEqualTo("no");
            }
            // As after an abort: what serves again has its owner's policy.
            reach(host, Scale.all(Set.of(scene.node(2))));
            host.runtime().finish(OperationId.next(scene.name()));
            assertThat(policy(scene, scene.node(1))).isEqualTo("unless-stopped");
        }
    }

    @Test
    void anotherProcessContinuesAStopThatWasCut() {
        try (DockerScene scene = nodes(2).start()) {
            try (DockerCluster first = host(scene)) {
                reach(first, Scale.all(Set.of()));
                awaitApplications(scene, 2);
                assertThat(first.runtime().scale(Scale.none())).isInstanceOf(Progress.Pending.class);
            }
            try (DockerCluster second = host(scene)) {
                assertThat(running(reach(second, Scale.none()))).isEmpty();
                second.runtime().finish(OperationId.next(scene.name()));
                assertThat(policy(scene, scene.node(1))).isEqualTo("unless-stopped");
                assertThat(policy(scene, scene.node(2))).isEqualTo("unless-stopped");
            }
        }
    }

    @Test
    void stopsAnIntruderAndKeepsItFromComingBack() {
        try (DockerScene scene = nodes(2).restart(RestartPolicy.alwaysRestart()).start();
                DockerCluster host = host(scene)) {
            reach(host, Scale.first());
            assertThat(policy(scene, scene.node(2))).isEqualTo("no");
            scene.startNode(2);
            DockerScene.docker()
                    .updateContainerCmd(scene.node(2))
                    .withRestartPolicy(RestartPolicy.alwaysRestart())
                    .exec();
            assertThat(running(reach(host, Scale.first()))).containsExactly(scene.node(1));
            assertThat(policy(scene, scene.node(2))).isEqualTo("no");
        }
    }

    @Test
    void expelsIntrudersAtOnceAndKeepsThemFromComingBack() {
        try (DockerScene scene = nodes(3).restart(RestartPolicy.alwaysRestart()).start();
                DockerCluster host = host(scene)) {
            ClusterRuntime runtime = host.runtime();
            OperationId operation = OperationId.next(scene.name());
            runtime.switchVersion(NEXT, operation);
            String old = scene.node(2) + "-pre-" + operation;
            reach(host, Scale.first());
            assertThat(names(runtime.beyond(Scale.first())))
                    .contains(scene.node(2), scene.node(3), old)
                    .doesNotContain(scene.node(1));
            assertThat(runtime.beyond(Scale.first())).noneMatch(Node::running);

            for (String intruder : List.of(scene.node(3), old)) {
                DockerScene.docker()
                        .updateContainerCmd(intruder)
                        .withRestartPolicy(RestartPolicy.alwaysRestart())
                        .exec();
                DockerScene.docker().startContainerCmd(intruder).exec();
            }
            List<Node> intruders =
                    runtime.beyond(Scale.first()).stream().filter(Node::running).toList();
            assertThat(names(intruders)).containsExactlyInAnyOrder(scene.node(3), old);
            runtime.expel(intruders);
            runtime.expel(intruders);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> runtime.beyond(Scale.first()).stream().noneMatch(Node::running));
            for (String intruder : List.of(scene.node(3), old)) {
                var state = scene.inspect(intruder).getState();
                assertThat(Duration.between(Instant.parse(state.getStartedAt()), Instant.parse(state.getFinishedAt())))
                        .as("docker stop alone takes ten seconds")
                        .isLessThan(Duration.ofSeconds(9));
                awaitSilence(scene, intruder);
            }
            assertThat(running(runtime.observe())).containsExactly(scene.node(1));
        }
    }

    /** The nodes' own grace, 30 s, would let it work beside the first node for as long. */
    @Test
    void killsAnIntruderThatIgnoresSigtermAfterASecond() {
        try (DockerScene scene = nodes(2).image(DockerScene.STAND_IN, "2.2.21").start();
                DockerCluster host = host(scene)) {
            reach(host, Scale.all(Set.of()));
            awaitApplications(scene, 2);
            List<Node> intruders = host.runtime().beyond(Scale.first());
            assertThat(names(intruders)).containsExactly(scene.node(2));
            Instant before = Instant.now();
            host.runtime().expel(intruders);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(50))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> !scene.inspect(scene.node(2)).getState().getRunning());
            assertThat(Duration.between(before, Instant.now()))
                    .as("a second, and what busy cores need")
                    .isLessThan(Duration.ofSeconds(8));
            awaitSilence(scene, scene.node(2));
            assertThat(running(host.runtime().observe())).containsExactly(scene.node(1));
        }
    }

    /** The guard saw an intruder, then the nodes may run: whoever starts them waits until it has stopped, and starts it. */
    @Test
    void startsAnExpelledNodeAgainWhenItMayRun() {
        try (DockerScene scene = nodes(2).start();
                DockerCluster host = host(scene)) {
            reach(host, Scale.first());
            scene.startNode(2);
            host.runtime()
                    .expel(List.of(host.runtime().observe().node(scene.node(2)).orElseThrow()));
            assertThat(host.runtime().scale(Scale.all(Set.of()))).isInstanceOf(Progress.Pending.class);
            assertThat(running(reach(host, Scale.all(Set.of())))).isEqualTo(scene.nodes());
        }
    }

    @Test
    void stopsAnOldNodeThatSomebodyStartsBesideTheNewOnes() {
        try (DockerScene scene = nodes(2).start();
                DockerCluster host = host(scene)) {
            OperationId operation = OperationId.next(scene.name());
            host.runtime().switchVersion(NEXT, operation);
            reach(host, Scale.first());
            String old = scene.node(2) + "-pre-" + operation;
            DockerScene.docker().startContainerCmd(old).exec();
            assertThat(running(reach(host, Scale.first()))).containsExactly(scene.node(1));
            assertThat(scene.inspect(old).getState().getRunning()).isFalse();
        }
    }

    @Test
    void tellsThatANodeEndsByItselfInsteadOfStartingItForEver() {
        try (DockerScene scene = nodes(1).image(DockerScene.STAND_IN, "2.2.19")
                        .restart(RestartPolicy.noRestart())
                        .start();
                DockerCluster host = host(scene)) {
            Progress<ClusterState> progress = Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> host.runtime().scale(Scale.first()), Progress.Failed.class::isInstance);
            Progress.Failed<ClusterState> failed = (Progress.Failed<ClusterState>) progress;
            assertThat(failed.failure().node()).isEqualTo(scene.node(1));
            assertThat(failed.failure().what()).contains("exit code 1");
            assertThat(host.runtime().scale(Scale.first())).isInstanceOf(Progress.Pending.class);
        }
    }

    /** A port that somebody else listens on: the engine says 500, as it does while it is restarted. */
    @Test
    void whatTheEngineItselfFailsAtIsWorthAnotherTry() throws IOException {
        try (DockerScene scene = nodes(0).start();
                DockerCluster host = host(scene);
                ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            DockerScene.docker()
                    .createContainerCmd(DockerScene.STAND_IN + ":2.2.15")
                    .withName(scene.node(1))
                    .withLabels(Map.of(DockerScene.CLUSTER_LABEL, scene.name(), DockerScene.TEST_LABEL, "true"))
                    .withExposedPorts(ExposedPort.tcp(13000))
                    .withHostConfig(HostConfig.newHostConfig()
                            .withPortBindings(PortBinding.parse("127.0.0.1:" + taken.getLocalPort() + ":13000")))
                    .exec();

            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThatThrownBy(() -> host.runtime().scale(Scale.first()))
                            .isInstanceOfSatisfying(
                                    MayHealException.class,
                                    fault -> assertThat(fault.failure().what())
                                            .contains(
                                                    scene.node(1) + " could not be started",
                                                    "address already in use")));

            taken.close();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .ignoreExceptionsInstanceOf(MayHealException.class)
                    .until(() -> host.runtime().scale(Scale.first()), Progress.Done.class::isInstance);
        }
    }

    @Test
    void switchesAndFinishes() {
        try (DockerScene scene = nodes(2).start();
                DockerCluster host = host(scene)) {
            ClusterRuntime runtime = host.runtime();
            reach(host, Scale.all(Set.of()));
            OperationId operation = OperationId.next(scene.name());
            assertThat(runtime.pull(NEXT)).isInstanceOf(Progress.Done.class);
            assertThatThrownBy(() -> runtime.switchVersion(NEXT, operation))
                    .isInstanceOf(CannotProceedException.class)
                    .hasMessageContaining(scene.node(1) + " is running");
            reach(host, Scale.none());

            runtime.switchVersion(NEXT, operation);
            assertThat(runtime.observe().nodes()).extracting(Node::name).isEqualTo(scene.nodes());
            assertThat(runtime.observe().nodes()).extracting(Node::version).containsOnly(NEXT);
            assertThat(running(reach(host, Scale.all(Set.of())))).isEqualTo(scene.nodes());
            assertThat(policy(scene, scene.node(1))).isEqualTo("no");

            runtime.finish(operation);
            assertThat(policy(scene, scene.node(1))).isEqualTo("unless-stopped");
            assertThat(running(runtime.observe())).isEqualTo(scene.nodes());
            assertThat(scene.containers()).hasSize(2);
        }
    }

    @Test
    void removesWhatADeletedOperationSetAsideOnceItsNodeRunsAgain() {
        try (DockerScene scene = nodes(2).start();
                DockerCluster host = host(scene)) {
            ClusterRuntime runtime = host.runtime();
            reach(host, Scale.none());
            assertThat(runtime.pull(NEXT)).isInstanceOf(Progress.Done.class);
            runtime.switchVersion(NEXT, OperationId.next(scene.name()));
            scene.startNode(1);

            runtime.finish(OperationId.next(scene.name()));
            assertThat(scene.containers()).as("app-2 does not run").hasSize(3);
            reach(host, Scale.all(Set.of()));
            runtime.finish(OperationId.next(scene.name()));

            assertThat(running(runtime.observe())).isEqualTo(scene.nodes());
            assertThat(scene.containers()).hasSize(2);
        }
    }

    @Test
    void switchesBackToTheVeryContainersThatWereThere() {
        try (DockerScene scene = nodes(2).start();
                DockerCluster host = host(scene)) {
            ClusterRuntime runtime = host.runtime();
            reach(host, Scale.all(Set.of()));
            List<String> ids = ids(scene);
            OperationId operation = OperationId.next(scene.name());
            reach(host, Scale.none());
            runtime.switchVersion(NEXT, operation);
            reach(host, Scale.first());
            assertThatThrownBy(() -> runtime.switchBack(operation)).isInstanceOf(CannotProceedException.class);
            reach(host, Scale.none());

            runtime.switchBack(operation);
            assertThat(ids(scene)).isEqualTo(ids);
            assertThat(runtime.observe().nodes())
                    .extracting(node -> node.version().toString())
                    .containsOnly("2.2.15");
            assertThat(running(reach(host, Scale.all(Set.of())))).isEqualTo(scene.nodes());
            runtime.finish(operation);
            assertThat(policy(scene, scene.node(2))).isEqualTo("unless-stopped");
            assertThat(scene.containers()).hasSize(2);
        }
    }

    @Test
    void refusesAClusterWithoutNodes() {
        try (DockerScene scene = nodes(0).start();
                DockerCluster host = host(scene)) {
            assertThatThrownBy(() -> host.runtime().scale(Scale.none()))
                    .isInstanceOf(CannotProceedException.class)
                    .hasMessageContaining("no node");
        }
    }

    static DockerScene.Plan nodes(int count) {
        return DockerScene.of(count).withoutDatabase().withoutBalancer();
    }

    static DockerCluster host(DockerScene scene) {
        return host(scene, Map.of());
    }

    static DockerCluster host(DockerScene scene, Map<String, String> changes) {
        return new DockerCluster(scene.name(), scene.settings(changes), Clock.systemUTC());
    }

    static ClusterState reach(DockerCluster host, Scale scale) {
        Progress<ClusterState> progress = Awaitility.await(scale.toString())
                .atMost(Duration.ofSeconds(40))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> host.runtime().scale(scale), it -> !(it instanceof Progress.Pending));
        assertThat(progress).isInstanceOf(Progress.Done.class);
        return ((Progress.Done<ClusterState>) progress).result();
    }

    /** An intruder is stopped first. */
    private static void awaitSilence(DockerScene scene, String intruder) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(() -> assertThat(policy(scene, intruder)).isEqualTo("no"));
    }

    private static List<String> names(List<Node> nodes) {
        return nodes.stream().map(Node::name).toList();
    }

    static List<String> running(ClusterState state) {
        return state.running().stream().map(Node::name).toList();
    }

    static String policy(DockerScene scene, String container) {
        return scene.inspect(container).getHostConfig().getRestartPolicy().getName();
    }

    private static List<String> ids(DockerScene scene) {
        return scene.nodes().stream().map(node -> scene.inspect(node).getId()).toList();
    }

    /** The applications answer: before that they are not ready to be told anything. */
    static void awaitApplications(DockerScene scene, int nodes) {
        for (int number = 1; number <= nodes; number++) {
            URI url = scene.nodeUrl(number);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(100))
                    .ignoreExceptions()
                    .until(() -> {
                        new Socket(url.getHost(), url.getPort()).close();
                        return true;
                    });
        }
    }
}
