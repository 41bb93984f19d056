package nocobase.procedures.process.step;

import java.util.Map;
import java.util.Set;
import nocobase.procedures.cluster.ClusterState;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.Variables;
import nocobase.procedures.process.claim.NodeLimits;
import nocobase.procedures.process.wait.Condition;
import org.springframework.stereotype.Component;

/**
 * Stops those of the other nodes that run without being ready: a node in a fatal state never heals by itself. Where the first one is in such a state, the wait begins with its restart.
 *
 * <p>Awaited: The nodes that ran without being ready are stopped.
 */
@Component
class StopUnreadyNodesDelegate extends ClusterDelegate implements Condition {

    private final NodeLimits limits;

    StopUnreadyNodesDelegate(Clusters clusters, NodeLimits limits) {
        super(clusters);
        this.limits = limits;
    }

    @Override
    void perform(ExecutionStep step) {
        // The others start next: in a later transaction, so that no look under the old limit finds one of them.
        limits.lift(step.operation());
        ClusterState state = step.cluster().runtime().observe();
        boolean again = FirstNodeAgain.needed(step, state.first());
        Set<String> unready = Readiness.unready(step, state);
        step.set(Variables.UNREADY_NODES, String.join(",", unready));
        if (!again) {
            launched(step.cluster().runtime().scale(Readiness.withoutThese(state, unready)));
        }
    }

    @Override
    public String message() {
        return "unready-nodes-stopped";
    }

    @Override
    public Progress<Map<String, Object>> look(Step step) {
        return FirstNodeAgain.look(step).orElseGet(() -> {
            ClusterState state = step.cluster().runtime().observe();
            return Results.none(
                    step.cluster().runtime().scale(Readiness.withoutThese(state, step.names(Variables.UNREADY_NODES))));
        });
    }
}
