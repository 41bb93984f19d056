package nocobase.procedures.process.step;

import java.util.List;
import java.util.Map;
import java.util.Set;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.Variables;
import nocobase.procedures.process.wait.Condition;
import org.springframework.stereotype.Component;

/** The requests that were under way at the nodes that clients are no longer sent to have ended, or had their time. */
@Component
class OpenRequestsEndedCondition implements Condition {

    @Override
    public String message() {
        return "open-requests-ended";
    }

    @Override
    public Progress<Map<String, Object>> look(Step step) {
        Set<String> leaving = step.names(Variables.LEAVING_NODES);
        List<Node> nodes = step.cluster().runtime().observe().nodes().stream()
                .filter(node -> leaving.contains(node.name()))
                .toList();
        return Results.none(step.cluster()
                .balancer()
                .drained(nodes, step.cluster().settings().drain()));
    }
}
