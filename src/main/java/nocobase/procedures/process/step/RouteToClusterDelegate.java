package nocobase.procedures.process.step;

import nocobase.procedures.cluster.ClusterState;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Route;
import nocobase.procedures.process.Variables;
import org.springframework.stereotype.Component;

/** Sends clients to the nodes; the condition proves that they reach them. */
@Component
class RouteToClusterDelegate extends ClusterDelegate {

    RouteToClusterDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        ClusterState state = step.cluster().runtime().observe();
        step.set(Variables.TRAFFIC_RETURNED, true);
        step.cluster().balancer().route(new Route.Nodes(Readiness.serving(step, state)));
    }
}
