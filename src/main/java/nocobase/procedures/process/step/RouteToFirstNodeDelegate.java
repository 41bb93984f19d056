package nocobase.procedures.process.step;

import java.util.List;
import nocobase.procedures.cluster.ClusterState;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Route;
import nocobase.procedures.process.Variables;
import org.springframework.stereotype.Component;

/** Sends clients to the first node only; the others lose no request. */
@Component
class RouteToFirstNodeDelegate extends ClusterDelegate {

    RouteToFirstNodeDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        ClusterState state = step.cluster().runtime().observe();
        Node first = state.first();
        step.set(Variables.FIRST_NODE, first.name());
        step.set(Variables.LEAVING_NODES, Nodes.names(Nodes.runningBut(state, first)));
        step.set(Variables.TRAFFIC_RETURNED, true);
        step.cluster().balancer().route(new Route.Nodes(List.of(first)));
    }
}
