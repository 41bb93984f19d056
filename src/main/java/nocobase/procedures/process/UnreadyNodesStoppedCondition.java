package nocobase.procedures.process;

import java.util.Map;
import nocobase.procedures.cluster.Progress;
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
        return Results.none(
                step.cluster().runtime().scale(Readiness.withoutThese(step, step.names(Variables.UNREADY_NODES))));
    }
}
