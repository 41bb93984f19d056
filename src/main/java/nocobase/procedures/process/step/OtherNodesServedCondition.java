package nocobase.procedures.process.step;

import java.util.Map;
import nocobase.procedures.cluster.ClusterState;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Route;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.wait.Condition;
import org.springframework.stereotype.Component;

/** Clients reach the nodes but the first. */
@Component
class OtherNodesServedCondition implements Condition {

    @Override
    public String message() {
        return "other-nodes-served";
    }

    @Override
    public Progress<Map<String, Object>> look(Step step) {
        ClusterState state = step.cluster().runtime().observe();
        return Results.none(
                step.cluster().balancer().prove(new Route.Nodes(Nodes.servingBut(step, state, state.first()))));
    }
}
