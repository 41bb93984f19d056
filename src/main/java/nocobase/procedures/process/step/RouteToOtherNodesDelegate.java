package nocobase.procedures.process.step;

import nocobase.procedures.cluster.ClusterState;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Route;
import nocobase.procedures.process.Variables;
import org.springframework.stereotype.Component;

/** Sends clients to the nodes but the first, which loses no request. */
@Component
class RouteToOtherNodesDelegate extends ClusterDelegate {

    RouteToOtherNodesDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        ClusterState state = step.cluster().runtime().observe();
        step.set(Variables.LEAVING_NODES, state.first().name());
        step.cluster().balancer().route(new Route.Nodes(Nodes.servingBut(step, state, state.first())));
    }
}
