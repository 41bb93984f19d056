package nocobase.procedures.campaign;

import static nocobase.procedures.campaign.Fault.inTime;
import static nocobase.procedures.campaign.Fault.whenAsked;

import com.github.dockerjava.api.model.Container;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import nocobase.procedures.campaign.Fault.Tolerated;
import nocobase.procedures.docker.DockerScene;
import org.awaitility.Awaitility;

/** What the machine does to all that runs on it. */
final class MachineFaults {

    /** Everything else in the container goes first; then something in it wants more memory than there is. */
    private static final String EAT = "for p in /proc/[0-9]*; do echo 1000 > $p/oom_score_adj; done 2>/dev/null;"
            + " echo 0 > /proc/$$/oom_score_adj; python3 -c 'b = []\nwhile True: b.append(bytearray(1 << 20))'";

    private MachineFaults() {}

    /**
     * The daemon is gone, and with it every container of the cluster, its database server with the engine's database too. When
     * it is back it starts what restart policies say.
     */
    static Fault daemonRestarted(Duration lasts) {
        List<String> started = new ArrayList<>();
        return inTime(
                        "Docker daemon restarted, all containers with it (" + lasts.toSeconds() + " s)",
                        "waits, or asks",
                        lasts,
                        stage -> {
                            stage.door.set(DockerDoor.Mode.GONE);
                            started.clear();
                            running(stage).stream()
                                    .filter(container -> comesBack(stage, container))
                                    .map(Container::getId)
                                    .forEach(started::add);
                            stage.scene.docker.killEverything();
                        },
                        stage -> {
                            stage.scene.docker.restartDatabaseAndBalancer();
                            started.forEach(node ->
                                    DockerScene.docker().startContainerCmd(node).exec());
                            stage.door.set(DockerDoor.Mode.OPEN);
                        })
                .tolerating(
                        Tolerated.NO_BALANCER,
                        Tolerated.NODES_FAIL,
                        Tolerated.SECOND_START,
                        Tolerated.SILENT_ENGINE,
                        Tolerated.QUESTION);
    }

    private static boolean comesBack(Stage stage, Container container) {
        String policy = stage.scene
                .docker
                .inspect(container.getId())
                .getHostConfig()
                .getRestartPolicy()
                .getName();
        return List.of("always", "unless-stopped").contains(policy);
    }

    static Fault outOfMemory() {
        return whenAsked(
                        "node out of memory (137, OOMKilled)",
                        "asks, and starts it again",
                        stage ->
                                exhaust(stage, Faults.runningNodes(stage).get(0).getId()),
                        stage -> {})
                .tolerating(Tolerated.SECOND_START, Tolerated.NODES_FAIL);
    }

    private static void exhaust(Stage stage, String node) {
        DockerScene.docker()
                .updateContainerCmd(node)
                .withMemory(64L << 20)
                .withMemorySwap(64L << 20)
                .exec();
        Shell.in(node, EAT);
        Awaitility.await("the kernel ends it")
                .atMost(Duration.ofSeconds(20))
                .until(() -> Boolean.TRUE.equals(
                        stage.scene.docker.inspect(node).getState().getOOMKilled()));
    }

    private static List<Container> running(Stage stage) {
        return stage.scene.docker.containers().stream()
                .filter(container -> "running".equals(container.getState()))
                .toList();
    }
}
