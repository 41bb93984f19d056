package nocobase.procedures.process.step;

import java.util.Map;
import nocobase.procedures.cluster.ClusterState;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Scale;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.Variables;
import nocobase.procedures.process.claim.NodeLimits;
import nocobase.procedures.process.wait.Condition;
import org.springframework.stereotype.Component;

/**
 * Lets all nodes stop gracefully.
 *
 * <p>Awaited: No node runs. Each look ensures it; once it is reached, the guard keeps it so.
 */
@Component
class StopAllNodesDelegate extends ClusterDelegate implements Condition {

    private final NodeLimits limits;

    StopAllNodesDelegate(Clusters clusters, NodeLimits limits) {
        super(clusters);
        this.limits = limits;
    }

    @Override
    void perform(ExecutionStep step) {
        step.set(Variables.STOP_BEGUN, true);
        launched(ensured(step));
    }

    @Override
    public String message() {
        return "all-nodes-stopped";
    }

    @Override
    public Progress<Map<String, Object>> look(Step step) {
        return ensured(step).then(state -> {
            limits.none(step.operation());
            return Progress.done(Map.of());
        });
    }

    private static Progress<ClusterState> ensured(Step step) {
        return step.cluster().runtime().scale(Scale.none());
    }
}
