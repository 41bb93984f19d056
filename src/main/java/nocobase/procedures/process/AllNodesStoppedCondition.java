package nocobase.procedures.process;

import java.util.Map;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Scale;
import org.springframework.stereotype.Component;

/** No node runs. Each look ensures it: an intruder is stopped again. */
@Component
class AllNodesStoppedCondition implements Condition {

    @Override
    public String message() {
        return "all-nodes-stopped";
    }

    @Override
    public Progress<Map<String, Object>> look(Step step) {
        return Results.none(step.cluster().runtime().scale(Scale.none()));
    }
}
