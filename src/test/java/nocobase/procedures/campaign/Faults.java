package nocobase.procedures.campaign;

import static nocobase.procedures.campaign.Fault.atOnce;
import static nocobase.procedures.campaign.Fault.inTime;
import static nocobase.procedures.campaign.Fault.whenAsked;

import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.Container;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import nocobase.procedures.Person;
import nocobase.procedures.UpgradeScene;
import nocobase.procedures.campaign.Fault.Tolerated;
import nocobase.procedures.cluster.Seen;
import nocobase.procedures.docker.DockerScene;
import org.awaitility.Awaitility;

/** The catalogue: everything that the campaign breaks. */
final class Faults {

    private Faults() {}

    static Fault engineKilled() {
        return inTime(
                        "engine killed (SIGKILL), started again",
                        "goes on at the same step",
                        Duration.ZERO,
                        stage -> stage.scene.engine.kill(),
                        stage -> stage.scene.engine.start())
                .tolerating(Tolerated.SILENT_ENGINE);
    }

    /** Needs {@link Stage#startReplica} before. */
    static Fault replicaKilled() {
        return inTime(
                        "one of two engines killed (SIGKILL)",
                        "the other one goes on",
                        Duration.ofSeconds(20),
                        stage -> stage.scene.engine.kill(),
                        stage -> stage.scene.engine.start())
                .tolerating(Tolerated.SILENT_ENGINE);
    }

    static Fault engineDatabaseAway(Duration lasts) {
        return inTime(
                        "engine's database away for " + lasts.toSeconds() + " s",
                        "waits and goes on",
                        lasts,
                        stage -> Databases.takeAway(stage.scene.docker, UpgradeScene.ENGINE_DATABASE),
                        stage -> Databases.giveBack(stage.scene.docker, UpgradeScene.ENGINE_DATABASE))
                .tolerating(Tolerated.SILENT_ENGINE);
    }

    static Fault nocoBasesDatabaseAway(Duration lasts) {
        return inTime(
                        "NocoBase's database away for " + lasts.toSeconds() + " s",
                        "waits, or asks",
                        lasts,
                        stage -> Databases.takeAway(stage.scene.docker, DockerScene.DATABASE),
                        stage -> Databases.giveBack(stage.scene.docker, DockerScene.DATABASE))
                .tolerating(Tolerated.QUESTION, Tolerated.NODES_FAIL);
    }

    static Fault docker(DockerDoor.Mode mode, Duration lasts) {
        String name = switch (mode) {
            case OPEN -> throw new IllegalArgumentException("nothing breaks");
            case SLOW -> "Docker API slow (each answer a second late)";
            case SILENT -> "Docker API silent";
            case ERRORS -> "Docker API answers errors";
            case GONE -> "Docker API gone (daemon restarting)";
        };
        return inTime(
                name + " for " + lasts.toSeconds() + " s",
                "waits and goes on",
                lasts,
                stage -> stage.door.set(mode),
                stage -> stage.door.set(DockerDoor.Mode.OPEN));
    }

    static Fault nodeKilled() {
        return whenAsked(
                        "node killed",
                        "asks, and starts it again",
                        stage -> runningNodes(stage)
                                .forEach(node -> DockerScene.docker()
                                        .killContainerCmd(node.getId())
                                        .exec()),
                        stage -> {})
                .tolerating(Tolerated.SECOND_START);
    }

    static Fault nodeStuck(Duration lasts) {
        return inTime(
                "node stuck for " + lasts.toSeconds() + " s (paused)",
                "waits and goes on",
                lasts,
                stage -> runningNodes(stage)
                        .forEach(node -> DockerScene.docker()
                                .pauseContainerCmd(node.getId())
                                .exec()),
                stage -> stage.scene.docker.containers().stream()
                        .filter(container -> "paused".equals(container.getState()))
                        .forEach(node -> DockerScene.docker()
                                .unpauseContainerCmd(node.getId())
                                .exec()));
    }

    static Fault intruder() {
        return atOnce(
                        "node started by hand while only one may run",
                        "is stopped within a second, and reported",
                        stage -> stage.scene.docker.startNode(3))
                .over(stage -> !Boolean.TRUE.equals(stage.scene
                        .docker
                        .inspect(stage.scene.docker.node(3))
                        .getState()
                        .getRunning()))
                .tolerating(Tolerated.INTRUDER, Tolerated.SECOND_START);
    }

    static Fault foreignSession() {
        return whenAsked(
                "foreign session in NocoBase's database",
                "asks, naming the session",
                stage -> {
                    try {
                        stage.foreign = DriverManager.getConnection(
                                stage.scene.docker.jdbcUrl() + "?ApplicationName=somebodys-report",
                                DockerScene.ADMIN,
                                DockerScene.ADMIN_PASSWORD);
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                },
                Stage::endForeignSession);
    }

    static Fault balancerDead(Duration lasts) {
        return inTime(
                        "balancer killed, started again after " + lasts.toSeconds() + " s",
                        "answers again, nobody asked",
                        lasts,
                        Faults::killBalancer,
                        Faults::startBalancer)
                .over(Faults::balancerAnswers)
                .tolerating(Tolerated.NO_BALANCER);
    }

    /** Before the first route of a cluster that was never started it has nothing to answer with. */
    private static boolean balancerAnswers(Stage stage) {
        return stage.scene.cluster().balancer().seen().kind() != Seen.Kind.SILENT
                || stage.setting() == Stage.Setting.NEVER_STARTED
                        && stage.scene
                                .docker
                                .inspect(stage.scene.docker.balancerContainer())
                                .getState()
                                .getRunning();
    }

    static Fault balancerDeadUntilAsked() {
        return whenAsked("balancer dead", "asks, and tries again", Faults::killBalancer, Faults::startBalancer)
                .tolerating(Tolerated.NO_BALANCER);
    }

    private static void killBalancer(Stage stage) {
        DockerScene.docker()
                .killContainerCmd(stage.scene.docker.balancerContainer())
                .exec();
    }

    private static void startBalancer(Stage stage) {
        try {
            DockerScene.docker()
                    .startContainerCmd(stage.scene.docker.balancerContainer())
                    .exec();
        } catch (NotModifiedException e) {
            // it runs
        }
    }

    /** Two persons, one of them twice, complete the verification at the same time. */
    static Fault completedAtOnce() {
        return atOnce("task completed by two persons at once, one of them twice", "one answer counts", stage -> {
            Person.Task task = stage.scene.otto.tasks().stream()
                    .filter(one -> one.key().equals("verifyFunctionality"))
                    .findFirst()
                    .orElseThrow();
            Map<String, Object> works = Map.of("verification", "works", "verificationComment", "at once");
            List<CompletableFuture<Integer>> attempts = Stream.of(stage.scene.otto, stage.scene.otto, stage.scene.olga)
                    .map(person -> CompletableFuture.supplyAsync(() -> person.attempt(task, works)))
                    .toList();
            List<Integer> answers =
                    attempts.stream().map(CompletableFuture::join).toList();
            if (answers.stream().filter(status -> status == 204).count() != 1) {
                stage.breach("of three answers to one task not exactly one was taken: " + answers);
            }
        });
    }

    static Fault instanceDeleted() {
        return atOnce(
                        "instance deleted in Cockpit",
                        "operators are told; return to service",
                        stage -> stage.scene.deleteInstance())
                .tolerating(Tolerated.DELETED);
    }

    /** A fault that finds nothing to break would prove nothing: a node that is about to start is awaited. */
    static List<Container> runningNodes(Stage stage) {
        return Awaitility.await("a node runs")
                .atMost(Duration.ofSeconds(20))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .until(
                        () -> stage.scene.docker.containers().stream()
                                .filter(container -> "running".equals(container.getState()))
                                .filter(container -> container.getLabels().containsKey(DockerScene.CLUSTER_LABEL))
                                .toList(),
                        nodes -> !nodes.isEmpty());
    }
}
