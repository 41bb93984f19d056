package nocobase.procedures.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.RestartPolicy;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import nocobase.procedures.Requires;
import nocobase.procedures.cluster.ClusterRuntime;
import nocobase.procedures.cluster.ClusterSettings;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Version;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Cut between any two Docker calls, then continued by another process: nothing is lost, nothing is done twice. In the long form. */
@Requires("docker")
@Tag("long")
class SwitchReentranceIT {

    private static final Version OLD = Version.parse("2.2.15");
    private static final Version NEW = Version.parse("2.2.16");
    private static final Version THIRD = Version.parse("2.2.18");
    /** Of two nodes in two networks: rename, create and connect for each, more where restart policies are taken away. */
    private static final int CALLS_OF_A_SWITCH = 10;

    private static final String ENVIRONMENT = "APP_ENV=production\n";

    private static final int MORE_CALLS_THAN_ANY = 60;

    private DockerScene scene;
    private DockerCluster host;

    @BeforeEach
    void twoNodesInTwoNetworks() {
        scene = DockerRuntimeIT.nodes(2).restart(RestartPolicy.alwaysRestart()).start();
        host = DockerRuntimeIT.host(scene);
        scene.nodes().forEach(node -> DockerScene.copy(node, "/app/nocobase", ".env", ENVIRONMENT));
        DockerScene.docker()
                .createNetworkCmd()
                .withName(scene.name() + "-second")
                .exec();
        scene.nodes()
                .forEach(node -> DockerScene.docker()
                        .connectToNetworkCmd()
                        .withContainerId(node)
                        .withNetworkId(scene.name() + "-second")
                        .exec());
    }

    @AfterEach
    void removeAll() {
        host.close();
        scene.close();
    }

    @Test
    void switchesThereAndBackFromAnyPoint() {
        List<String> owners = ids();
        OperationId operation = OperationId.next(scene.name());
        int cuts = atEveryCall(cut -> {
            cut.accept(runtime -> runtime.switchVersion(NEW, operation));
            host.runtime().switchVersion(NEW, operation);
            assertNodes(NEW);
            assertThat(scene.containers()).hasSize(4);

            cut.accept(runtime -> runtime.switchBack(operation));
            host.runtime().switchBack(operation);
            assertNodes(OLD);
            assertThat(ids()).isEqualTo(owners);
            assertThat(scene.containers()).hasSize(2);
        });
        // Rename, create and connect for each of the two; the first round takes the restart policies away as well.
        assertThat(cuts).isGreaterThanOrEqualTo(6);
    }

    @Test
    void returnsFromAHalfDoneSwitch() {
        List<String> owners = ids();
        atEveryCall(cut -> {
            OperationId operation = OperationId.next(scene.name());
            cut.accept(runtime -> runtime.switchVersion(NEW, operation));
            host.runtime().switchBack(operation);
            cut.accept(runtime -> runtime.finish(operation));
            host.runtime().finish(operation);
            assertNodes(OLD);
            assertEnvironmentAsItWas();
            assertThat(ids()).isEqualTo(owners);
            assertPolicies();
        });
    }

    @Test
    void finishesFromAnyPoint() {
        int[] round = {0};
        atEveryCall(cut -> {
            Version version = round[0]++ % 2 == 0 ? NEW : OLD;
            OperationId operation = OperationId.next(scene.name());
            host.runtime().switchVersion(version, operation);
            cut.accept(runtime -> runtime.finish(operation));
            host.runtime().finish(operation);
            assertNodes(version);
            assertThat(scene.containers()).hasSize(2);
            assertPolicies();
        });
    }

    @Test
    void losesNoNodeWhenAHalfDoneSwitchIsFinished() {
        atEveryCall(cut -> {
            OperationId operation = OperationId.next(scene.name());
            Version other = host.runtime().observe().first().version().equals(OLD) ? NEW : OLD;
            cut.accept(runtime -> runtime.switchVersion(other, operation));
            host.runtime().finish(operation);
            assertThat(host.runtime().observe().nodes()).extracting(Node::name).isEqualTo(scene.nodes());
            assertThat(scene.containers()).hasSize(2);
            assertPolicies();
        });
    }

    /**
     * The first operation died at some point and is never heard of again; the second knows nothing of it, and is cut at any
     * point itself.
     */
    @Test
    void anotherOperationTakesOver() {
        List<Version> versions = List.of(NEW, OLD, THIRD);
        int[] round = {0};
        int rounds = atEveryCall(cut -> {
            Version present = host.runtime().observe().first().version();
            cutAt(
                    round[0] % CALLS_OF_A_SWITCH + 1,
                    runtime -> runtime.switchVersion(present.equals(NEW) ? OLD : NEW, OperationId.next(scene.name())));
            takeOver(versions.get(round[0]++ % versions.size()), cut);
        });
        assertThat(rounds).isGreaterThanOrEqualTo(4);
    }

    private void takeOver(Version version, Consumer<Consumer<ClusterRuntime>> cut) {
        assertThat(host.runtime().observe().nodes())
                .as("told under their own names, whatever they are called now")
                .extracting(Node::name)
                .isEqualTo(scene.nodes());
        assertThat(host.runtime().observe().running()).isEmpty();
        List<String> found = allIds();
        OperationId heir = OperationId.next(scene.name());
        cut.accept(runtime -> runtime.switchVersion(version, heir));
        host.runtime().switchVersion(version, heir);
        assertNodes(version);
        assertThat(allIds()).as("nothing that was found is deleted").containsAll(found);

        host.runtime().finish(heir);
        assertNodes(version);
        assertPolicies();
        removeLeftovers();
    }

    private List<String> allIds() {
        return scene.containers().stream().map(Container::getId).toList();
    }

    /** As an owner does who has read that they are left. */
    private void removeLeftovers() {
        scene.containers().stream()
                .filter(container -> container.getNames()[0].contains("-pre-"))
                .forEach(container -> DockerScene.docker()
                        .removeContainerCmd(container.getId())
                        .exec());
    }

    /**
     * Repeats the scenario with the connection cut before the first, second, … changing call, until a whole scenario goes
     * through uncut. Cut after a call is cut before the next one: who continues knows nothing of either.
     */
    private int atEveryCall(Consumer<Consumer<Consumer<ClusterRuntime>>> scenario) {
        for (int call = 1; call < MORE_CALLS_THAN_ANY; call++) {
            boolean[] broke = {false};
            int at = call;
            scenario.accept(work -> broke[0] |= cutAt(at, work));
            if (!broke[0]) {
                return call - 1;
            }
        }
        throw new AssertionError("no end after " + MORE_CALLS_THAN_ANY + " calls");
    }

    private boolean cutAt(int call, Consumer<ClusterRuntime> work) {
        CutConnection cut = new CutConnection(call, false);
        ClusterSettings settings = scene.settings();
        DockerEngine engine = new DockerEngine(settings.docker(), Duration.ofMinutes(1), cut);
        try (DockerCluster victim = new DockerCluster(scene.name(), settings, Clock.systemUTC(), engine)) {
            work.accept(victim.runtime());
        } catch (EngineFault e) {
            assertThat(cut.broke()).as(e.getMessage()).isTrue();
        }
        return cut.broke();
    }

    private void assertNodes(Version version) {
        assertThat(host.runtime().observe().nodes()).extracting(Node::name).isEqualTo(scene.nodes());
        assertThat(host.runtime().observe().nodes()).extracting(Node::version).containsOnly(version);
        for (String node : scene.nodes()) {
            assertThat(scene.inspect(node).getNetworkSettings().getNetworks())
                    .containsOnlyKeys(scene.network(), scene.name() + "-second");
        }
    }

    private void assertEnvironmentAsItWas() {
        for (String node : scene.nodes()) {
            assertThat(host.containers().read(node, "/app/nocobase/.env"))
                    .asString()
                    .isEqualTo(ENVIRONMENT);
        }
    }

    private void assertPolicies() {
        for (String node : scene.nodes()) {
            assertThat(DockerRuntimeIT.policy(scene, node)).isEqualTo("always");
        }
    }

    private List<String> ids() {
        return scene.nodes().stream().map(node -> scene.inspect(node).getId()).toList();
    }
}
