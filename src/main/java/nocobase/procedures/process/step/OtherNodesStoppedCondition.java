package nocobase.procedures.process.step;

import java.util.Map;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Scale;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.claim.NodeLimits;
import nocobase.procedures.process.wait.Condition;
import org.springframework.stereotype.Component;

/** Only the first node runs; once that is reached, the guard keeps it so. */
@Component
class OtherNodesStoppedCondition implements Condition {

    private final NodeLimits limits;

    OtherNodesStoppedCondition(NodeLimits limits) {
        this.limits = limits;
    }

    @Override
    public String message() {
        return "other-nodes-stopped";
    }

    @Override
    public Progress<Map<String, Object>> look(Step step) {
        return step.cluster().runtime().scale(Scale.first()).then(state -> {
            limits.firstOnly(step.operation());
            return Progress.done(Map.of());
        });
    }
}
