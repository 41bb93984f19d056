package nocobase.procedures.process.step;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import nocobase.procedures.cluster.Cluster;
import nocobase.procedures.cluster.ClusterState;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.NocoBase;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.NodeState;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.Variables;
import org.junit.jupiter.api.Test;

/** Which of the other nodes are stopped before all are started. */
class ReadinessTest {

    private static final Instant NOW = Instant.parse("2027-01-10T02:00:00Z");
    private static final Version VERSION = Version.parse("2.2.15");
    private static final Progress<NocoBase.Readiness> BUSY = Progress.pending("the database is away");
    private static final Progress<NocoBase.Readiness> DEAD =
            Progress.failed(Failure.of("NocoBase reports APP_ERROR", "Correct the cause."));

    @Test
    void besideARunningFirstNodeWhatIsNotReadyIsStartedAgain() {
        assertThat(unready(NodeState.RUNNING, ready("map"), Map.of("app-2", BUSY, "app-3", ready("map"))))
                .containsExactly("app-2");
        assertThat(unready(NodeState.RUNNING, ready("map"), Map.of("app-2", ready("map"), "app-3", DEAD)))
                .containsExactly("app-3");
    }

    @Test
    void aNodeThatMissedAPluginIsStartedAgain() {
        assertThat(unready(NodeState.RUNNING, ready("map"), Map.of("app-2", ready("map"), "app-3", ready())))
                .containsExactly("app-3");
    }

    /** The database was away for a moment: they recover by themselves, and a restart would throw their clients out. */
    @Test
    void nodesThatServeWhileTheFirstRestartsAreLeftToRecover() {
        assertThat(unready(NodeState.STOPPED, BUSY, Map.of("app-2", BUSY, "app-3", ready("map"))))
                .isEmpty();
    }

    @Test
    void whatFailedForGoodIsStartedAgainEvenThen() {
        assertThat(unready(NodeState.STOPPED, BUSY, Map.of("app-2", DEAD, "app-3", BUSY)))
                .containsExactly("app-2");
    }

    @Test
    void aWaitingNodeIsNamedOnce() {
        ClusterState state =
                new ClusterState(List.of(node("app-1", NodeState.RUNNING), node("app-2", NodeState.RUNNING)), NOW);
        Step step = new Asking(node -> node.name().equals("app-1") ? ready() : BUSY);
        assertThat(Readiness.ofAll(step, state)).isEqualTo(Progress.pending("app-2: the database is away"));
        assertThat(Readiness.named(node("app-1", NodeState.RUNNING), BUSY))
                .isEqualTo(Progress.pending("app-1: the database is away"));
    }

    private static Progress<NocoBase.Readiness> ready(String... plugins) {
        return Progress.done(new NocoBase.Readiness("a node", VERSION, List.of(plugins)));
    }

    private static Set<String> unready(
            NodeState first, Progress<NocoBase.Readiness> answer, Map<String, Progress<NocoBase.Readiness>> others) {
        ClusterState state = new ClusterState(
                List.of(node("app-1", first), node("app-2", NodeState.RUNNING), node("app-3", NodeState.RUNNING)), NOW);
        return Readiness.unready(new Asking(node -> others.getOrDefault(node.name(), answer)), state);
    }

    private static Node node(String name, NodeState state) {
        return new Node(name, state, "nocobase:2.2.15", VERSION, false, URI.create("http://" + name), NOW);
    }

    /** Asks nodes that answer as told. */
    private record Asking(Function<Node, Progress<NocoBase.Readiness>> answers) implements Step {

        @Override
        public Cluster cluster() {
            NocoBase application = (NocoBase) Proxy.newProxyInstance(
                    getClass().getClassLoader(),
                    new Class<?>[] {NocoBase.class},
                    (proxy, method, arguments) -> ((List<?>) arguments[0])
                            .stream().map(Node.class::cast).map(answers).toList());
            return new Cluster("alpha", null, null, null, null, null, application);
        }

        @Override
        public OperationId operation() {
            return OperationId.next("alpha");
        }

        @Override
        public String text(String variable) {
            return variable.equals(Variables.VERSION) ? VERSION.toString() : null;
        }
    }
}
