package nocobase.procedures.process.step;

import java.util.Map;
import nocobase.procedures.cluster.ClusterState;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Route;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.Variables;
import nocobase.procedures.process.wait.Condition;
import org.springframework.stereotype.Component;

/**
 * Sends clients to the nodes but the first, which loses no request.
 *
 * <p>Awaited: Clients reach the nodes but the first.
 */
@Component
class RouteToOtherNodesDelegate extends ClusterDelegate implements Condition {

    RouteToOtherNodesDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        ClusterState state = step.cluster().runtime().observe();
        step.set(Variables.LEAVING_NODES, state.first().name());
        step.cluster().balancer().route(new Route.Nodes(Nodes.servingBut(step, state, state.first())));
    }

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
