package nocobase.procedures.process;

import java.util.Map;
import nocobase.procedures.cluster.ClusterState;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Route;
import org.springframework.stereotype.Component;

/** Clients reach the nodes through the balancer. */
@Component
class ClusterServedCondition implements Condition {

    @Override
    public String message() {
        return "cluster-served";
    }

    @Override
    public Progress<Map<String, Object>> look(Step step) {
        ClusterState state = step.cluster().runtime().observe();
        return Results.served(step.cluster().balancer().prove(new Route.Nodes(Readiness.serving(step, state))));
    }
}
