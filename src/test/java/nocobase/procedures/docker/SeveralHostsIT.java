package nocobase.procedures.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.RestartPolicy;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nocobase.procedures.Requires;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.ClusterRuntime;
import nocobase.procedures.cluster.Containers;
import nocobase.procedures.cluster.Containers.ExecResult;
import nocobase.procedures.cluster.DataJob;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Scale;
import nocobase.procedures.cluster.Version;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes on this machine's own Docker engine, one on a second engine that is reached over TCP with TLS. */
@Requires({"docker", "engines"})
class SeveralHostsIT {

    private static final Version PRESENT = Version.parse("2.2.15");
    private static final Version NEXT = Version.parse("2.2.16");
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration SOON = Duration.ofSeconds(60);

    private static SecondEngine second;
    private static DockerScene scene;
    private static DockerCluster host;
    private static ClusterRuntime runtime;
    private static String third;

    @TempDir
    static Path strangers;

    @BeforeAll
    static void build() {
        second = new SecondEngine();
        scene = DockerRuntimeIT.nodes(2).restart(RestartPolicy.alwaysRestart()).start();
        third = scene.node(3);
        second.load(DockerScene.STAND_IN + ":" + PRESENT);
        second.load(DockerScene.STAND_IN + ":" + NEXT);
        second.docker().createNetworkCmd().withName(scene.network()).exec();
        create(
                second.docker(),
                third,
                DockerScene.STAND_IN + ":" + PRESENT,
                PortBinding.parse(SecondEngine.PUBLISHED_AT + "::13000"));
        host = DockerRuntimeIT.host(scene, hosts(second.tlsDirectory()));
        runtime = host.runtime();
        System.out.println("Two Docker engines: "
                + DockerScene.docker().versionCmd().exec().getVersion() + " and "
                + second.docker().versionCmd().exec().getVersion());
    }

    private static Map<String, String> hosts(Path tlsDirectory) {
        Map<String, String> keys = new HashMap<>();
        keys.put("docker.hosts.own.url", "unix:///var/run/docker.sock");
        keys.put("docker.hosts.second.url", second.url());
        if (tlsDirectory != null) {
            keys.put("docker.hosts.second.tls-directory", tlsDirectory.toString());
        }
        keys.put("docker.hosts.second.address", SecondEngine.PUBLISHED_AT);
        keys.put("docker.timeout", "3s");
        return keys;
    }

    private static void create(DockerClient engine, String name, String image, PortBinding... published) {
        engine.createContainerCmd(image)
                .withName(name)
                .withLabels(Map.of(DockerScene.CLUSTER_LABEL, scene.name(), DockerScene.TEST_LABEL, "true"))
                .withEnv("APP_KEY=" + DockerScene.APP_KEY)
                .withExposedPorts(ExposedPort.tcp(13000))
                .withHostConfig(HostConfig.newHostConfig()
                        .withNetworkMode(scene.network())
                        .withPortBindings(published)
                        .withRestartPolicy(RestartPolicy.alwaysRestart())
                        .withBinds(Bind.parse(scene.storageVolume() + ":/app/nocobase/storage")))
                .exec();
    }

    @AfterEach
    void answersAgain() {
        second.goOn();
    }

    @AfterAll
    static void removeAll() {
        if (host != null) {
            host.close();
        }
        if (scene != null) {
            scene.close();
        }
        second.close();
    }

    @Test
    void runsASwitchOnAllHosts() {
        assertThat(runtime.observe().nodes())
                .extracting(Node::name)
                .containsExactly(scene.node(1), scene.node(2), third);
        assertThat(runtime.pull(NEXT)).isInstanceOf(Progress.Done.class);
        reach(Scale.all(Set.of()));
        assertThat(runtime.observe().nodes()).allSatisfy(SeveralHostsIT::assertReached);
        assertThat(runtime.observe().node(third).orElseThrow().url()).hasHost(SecondEngine.PUBLISHED_AT);
        reach(Scale.first());
        assertThat(runtime.observe().running()).extracting(Node::name).containsExactly(scene.node(1));
        reach(Scale.none());

        OperationId operation = OperationId.next(scene.name());
        runtime.switchVersion(NEXT, operation);
        assertThat(runtime.observe().nodes()).extracting(Node::version).containsOnly(NEXT);
        assertThat(second.docker().inspectContainerCmd(third).exec().getConfig().getEnv())
                .as("what is said for a procedure is said in a file")
                .noneMatch(variable -> variable.startsWith("SKIP_SAME_VERSION_UPGRADE"));
        runtime.switchBack(operation);
        assertThat(runtime.observe().nodes()).extracting(Node::version).containsOnly(PRESENT);

        reach(Scale.all(Set.of()));
        runtime.finish(operation);
        assertThat(policies()).containsOnly("always");
        assertThat(runtime.logTail(third, 20)).isNotBlank();
    }

    /** The volumes have one name on both hosts, and are two. */
    @Test
    void seesThatAVolumeOfOneNameIsNoSharedStorage() {
        assertThat(runtime.check(null))
                .filteredOn(check -> check.name().startsWith("Shared storage"))
                .singleElement()
                .satisfies(check -> {
                    assertThat(check.result()).isEqualTo(Check.Result.FAIL);
                    assertThat(check.finding()).contains(scene.node(1) + " does not see the files", third);
                });
    }

    @Test
    void findsContainersOnTheirHost() {
        Containers containers = host.containers();
        reach(Scale.all(Set.of()));
        containers.write(third, "/tmp/note", "hello".getBytes(StandardCharsets.UTF_8), 0600);
        assertThat(containers.exec(third, List.of("cat", "/tmp/note"), LIMIT).output())
                .isEqualTo("hello");
        assertThat(containers.read("second/" + third, "/tmp/note")).asString().isEqualTo("hello");
        assertThat(containers.running(scene.node(1))).isTrue();
        assertThat(containers.running("own/" + third)).isFalse();
        assertThat(containers.definition("nowhere")).isNull();
        assertThatThrownBy(() -> containers.exec("nowhere", List.of("true"), LIMIT))
                .isInstanceOf(CannotProceedException.class)
                .hasMessageContaining("on any of the Docker hosts own, second");

        String twin = scene.name() + "-twin";
        create(DockerScene.docker(), twin, DockerScene.STAND_IN + ":" + PRESENT);
        create(second.docker(), twin, DockerScene.STAND_IN + ":" + PRESENT);
        try {
            assertThatThrownBy(() -> containers.read(twin, "/etc/hostname"))
                    .isInstanceOf(CannotProceedException.class)
                    .hasMessageContaining("on each of the Docker hosts own, second");
            assertThat(containers.read("second/" + twin, "/etc/passwd")).isNotEmpty();
            assertThatThrownBy(runtime::observe)
                    .isInstanceOf(CannotProceedException.class)
                    .hasMessageContaining("There is a node " + twin + " on each of the Docker hosts own, second");
        } finally {
            DockerScene.docker().removeContainerCmd(twin).exec();
            second.docker().removeContainerCmd(twin).exec();
        }
    }

    @Test
    void runsDataJobsOnOneHost() {
        String like = job(third, third + ":ro");
        assertThat(like).contains("/app/nocobase/storage");
        assertThat(job(null, scene.node(1)))
                .as("without a database container: beside the first node")
                .isNotBlank();
        assertThatThrownBy(() -> job(third, scene.node(1)))
                .isInstanceOf(CannotProceedException.class)
                .hasMessageContaining(scene.node(1) + ", which is on Docker host own; but the job runs on second");
    }

    private static String job(String like, String volumesFrom) {
        String name = scene.name() + "-job";
        DataJob job = new DataJob(
                name,
                DockerScene.STAND_IN + ":" + PRESENT,
                like,
                List.of("sh", "-c", "cut -d ' ' -f 2 /proc/mounts"),
                Map.of(),
                Map.of(),
                List.of(),
                volumesFrom,
                "none");
        try {
            Progress<ExecResult> done = Awaitility.await()
                    .atMost(SOON)
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> host.containers().run(job), progress -> !(progress instanceof Progress.Pending));
            return ((Progress.Done<ExecResult>) done).result().output();
        } finally {
            host.containers().forget(name);
        }
    }

    @Test
    void refusesAnImageThatIsAnotherOneOnTheOtherHost() {
        second.docker()
                .tagImageCmd(DockerScene.STAND_IN + ":" + PRESENT, DockerScene.STAND_IN, "2.2.18")
                .exec();
        assertThat(runtime.pull(Version.parse("2.2.18")))
                .isInstanceOfSatisfying(
                        Progress.Failed.class,
                        failed -> assertThat(failed.failure().what())
                                .contains("is not the same on the Docker hosts own and second"));
    }

    @Test
    void oneHostThatHangsIsNamedAndKeepsNobodyWaiting() {
        reach(Scale.all(Set.of()));
        second.hang();
        Instant before = Instant.now();
        assertThatThrownBy(runtime::observe)
                .isInstanceOf(EngineFault.class)
                .hasMessageContaining("second (" + second.url() + ") did not answer within 3 s");
        assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(9));
        assertThat(runtime.beyond(Scale.first()))
                .as("those that answer")
                .extracting(Node::name)
                .containsExactly(scene.node(2));
        assertThat(runtime.check(null))
                .anyMatch(check -> check.name().equals("Docker engine, second") && check.result() == Check.Result.FAIL)
                .anyMatch(check -> check.name().equals("Docker engine, own") && check.result() == Check.Result.PASS);
        Awaitility.await("the others stop").atMost(SOON).until(() -> {
            assertThatThrownBy(() -> runtime.scale(Scale.none())).isInstanceOf(EngineFault.class);
            return !scene.inspect(scene.node(1)).getState().getRunning()
                    && !scene.inspect(scene.node(2)).getState().getRunning();
        });
        second.goOn();
        reach(Scale.none());
        assertThat(runtime.observe().running()).isEmpty();
    }

    @Test
    void saysWhatIsWrongWithTls() {
        SecondEngine.authority(strangers);
        assertRefused(null, "second (" + second.url() + ") refuses the connection");
        assertRefused(strangers, "second (" + second.url() + ")");
    }

    private static void assertRefused(Path tlsDirectory, String message) {
        try (DockerCluster wrong = DockerRuntimeIT.host(scene, hosts(tlsDirectory))) {
            assertThatThrownBy(() -> wrong.runtime().observe()).hasMessageContaining(message);
        }
    }

    private static void assertReached(Node node) {
        Awaitility.await(node.name() + " is reached at " + node.url())
                .atMost(SOON)
                .pollInterval(Duration.ofMillis(100))
                .ignoreExceptions()
                .until(() -> {
                    new Socket(node.url().getHost(), node.url().getPort()).close();
                    return true;
                });
    }

    private static void reach(Scale scale) {
        DockerRuntimeIT.reach(host, scale);
    }

    private static List<String> policies() {
        return List.of(
                DockerRuntimeIT.policy(scene, scene.node(1)),
                DockerRuntimeIT.policy(scene, scene.node(2)),
                second.docker()
                        .inspectContainerCmd(third)
                        .exec()
                        .getHostConfig()
                        .getRestartPolicy()
                        .getName());
    }
}
