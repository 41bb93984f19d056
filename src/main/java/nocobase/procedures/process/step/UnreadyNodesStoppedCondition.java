package nocobase.procedures.process.step;

import java.util.Map;
import nocobase.procedures.cluster.ClusterState;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.Variables;
import nocobase.procedures.process.wait.Condition;
import org.springframework.stereotype.Component;

/** The nodes that ran without being ready are stopped. */
@Component
class UnreadyNodesStoppedCondition implements Condition {

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
