package nocobase.procedures.process.step;

import java.util.Map;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Scale;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.claim.NodeLimits;
import nocobase.procedures.process.wait.Condition;
import org.springframework.stereotype.Component;

/** No node runs. Each look ensures it; once it is reached, the guard keeps it so. */
@Component
class AllNodesStoppedCondition implements Condition {

    private final NodeLimits limits;

    AllNodesStoppedCondition(NodeLimits limits) {
        this.limits = limits;
    }

    @Override
    public String message() {
        return "all-nodes-stopped";
    }

    @Override
    public Progress<Map<String, Object>> look(Step step) {
        return step.cluster().runtime().scale(Scale.none()).then(state -> {
            limits.none(step.operation());
            return Progress.done(Map.of());
        });
    }
}
