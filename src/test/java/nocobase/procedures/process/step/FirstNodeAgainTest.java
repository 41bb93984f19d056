package nocobase.procedures.process.step;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import nocobase.procedures.cluster.Cluster;
import nocobase.procedures.cluster.ClusterRuntime;
import nocobase.procedures.cluster.ClusterState;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.NocoBase;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.NodeState;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Scale;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.Variables;
import org.junit.jupiter.api.Test;

/** A first node that is broken for good is started again, once, beside whatever else runs. */
class FirstNodeAgainTest {

    private static final Instant BROKEN = Instant.parse("2027-01-10T02:00:00Z");
    private static final Version VERSION = Version.parse("2.2.15");
    private static final Progress<NocoBase.Readiness> DEAD =
            Progress.failed(Failure.of("NocoBase reports APP_ERROR", "Correct the cause."));

    private final List<Object> told = new ArrayList<>();
    private ClusterState state;
    private Progress<NocoBase.Readiness> answer = DEAD;
    private Progress<ClusterState> scaled = Progress.pending("starting");
    private String broken = BROKEN.toString();
    private final ClusterRuntime runtime = fake(ClusterRuntime.class, this::told);
    private final NocoBase application = fake(NocoBase.class, (method, argument) -> List.of(answer));

    @Test
    void theBrokenStartIsStopped() {
        state(NodeState.RUNNING, BROKEN);
        assertThat(FirstNodeAgain.look(new Looking()).orElseThrow())
                .isEqualTo(Progress.pending("app-1 can't recover by itself: stopping it, to start it again"));
        assertThat(told).containsExactly(List.of(state.first()));
    }

    @Test
    void aStoppedOneIsStartedAndNothingElseIs() {
        state(NodeState.STOPPED, BROKEN);
        assertThat(FirstNodeAgain.look(new Looking()).orElseThrow()).isInstanceOf(Progress.Pending.class);
        assertThat(told).containsExactly(Scale.all(Set.of("app-3")));
    }

    @Test
    void aStartThatIsRefusedIsTold() {
        state(NodeState.STOPPED, BROKEN);
        scaled = Progress.failed(Failure.of("Node app-1 could not be started", "Free the port."));
        assertThat(FirstNodeAgain.look(new Looking()).orElseThrow()).isEqualTo(scaled);
    }

    @Test
    void theNewStartIsAwaited() {
        state(NodeState.RUNNING, BROKEN.plusSeconds(5));
        answer = Progress.pending("loading");
        assertThat(FirstNodeAgain.look(new Looking()).orElseThrow()).isEqualTo(Progress.pending("app-1: loading"));
        answer = Progress.done(new NocoBase.Readiness("app-1", VERSION, List.of()));
        assertThat(FirstNodeAgain.look(new Looking())).isEmpty();
        assertThat(told).isEmpty();
    }

    @Test
    void oneThatBreaksAgainIsAskedAbout() {
        state(NodeState.RUNNING, BROKEN.plusSeconds(5));
        assertThat(FirstNodeAgain.look(new Looking()).orElseThrow()).isInstanceOf(Progress.Failed.class);
        assertThat(told).isEmpty();
    }

    @Test
    void nothingIsDoneWhereNoneWasBroken() {
        broken = null;
        assertThat(FirstNodeAgain.look(new Looking())).isEmpty();
    }

    private void state(NodeState first, Instant started) {
        state = new ClusterState(
                List.of(
                        node("app-1", first, started),
                        node("app-2", NodeState.RUNNING, BROKEN),
                        node("app-3", NodeState.STOPPED, BROKEN)),
                BROKEN);
    }

    private static Node node(String name, NodeState state, Instant started) {
        return new Node(name, state, "nocobase:2.2.15", VERSION, false, URI.create("http://" + name), started);
    }

    private Object told(String method, Object argument) {
        if (method.equals("observe")) {
            return state;
        }
        told.add(argument);
        return method.equals("scale") ? scaled : null;
    }

    private interface Call {
        Object answer(String method, Object argument);
    }

    private static <T> T fake(Class<T> type, Call call) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> call.answer(method.getName(), arguments == null ? null : arguments[0])));
    }

    private final class Looking implements Step {

        @Override
        public Cluster cluster() {
            return new Cluster("alpha", null, runtime, null, null, null, application);
        }

        @Override
        public OperationId operation() {
            return OperationId.next("alpha");
        }

        @Override
        public String text(String variable) {
            return variable.equals(Variables.VERSION) ? VERSION.toString() : broken;
        }
    }
}
