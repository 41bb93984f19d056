package nocobase.procedures.process.step;

import java.util.Map;
import nocobase.procedures.cluster.ClusterState;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Scale;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.claim.NodeLimits;
import nocobase.procedures.process.wait.Condition;
import org.springframework.stereotype.Component;

/**
 * Lets all nodes but the first stop gracefully.
 *
 * <p>Awaited: Only the first node runs; once that is reached, the guard keeps it so.
 */
@Component
class StopOtherNodesDelegate extends ClusterDelegate implements Condition {

    private final NodeLimits limits;

    StopOtherNodesDelegate(Clusters clusters, NodeLimits limits) {
        super(clusters);
        this.limits = limits;
    }

    @Override
    void perform(ExecutionStep step) {
        launched(ensured(step));
    }

    @Override
    public String message() {
        return "other-nodes-stopped";
    }

    @Override
    public Progress<Map<String, Object>> look(Step step) {
        return ensured(step).then(state -> {
            limits.firstOnly(step.operation());
            return Progress.done(Map.of());
        });
    }

    private static Progress<ClusterState> ensured(Step step) {
        return step.cluster().runtime().scale(Scale.first());
    }
}
