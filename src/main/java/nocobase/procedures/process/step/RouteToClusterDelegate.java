package nocobase.procedures.process.step;

import java.util.Map;
import nocobase.procedures.audit.Downtimes;
import nocobase.procedures.cluster.ClusterState;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Route;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.Variables;
import nocobase.procedures.process.wait.Condition;
import org.springframework.stereotype.Component;

/**
 * Sends clients to the nodes.
 *
 * <p>Awaited: Clients reach the nodes through the balancer.
 */
@Component
class RouteToClusterDelegate extends ClusterDelegate implements Condition {

    private final Downtimes downtimes;

    RouteToClusterDelegate(Clusters clusters, Downtimes downtimes) {
        super(clusters);
        this.downtimes = downtimes;
    }

    @Override
    void perform(ExecutionStep step) {
        ClusterState state = step.cluster().runtime().observe();
        step.set(Variables.TRAFFIC_RETURNED, true);
        step.cluster().balancer().route(new Route.Nodes(Readiness.serving(step, state)));
    }

    @Override
    public String message() {
        return "cluster-served";
    }

    @Override
    public Progress<Map<String, Object>> look(Step step) {
        ClusterState state = step.cluster().runtime().observe();
        return Results.none(step.cluster().balancer().prove(new Route.Nodes(Readiness.serving(step, state))));
    }

    /** From this moment they are served. */
    @Override
    public void fulfilled(Step step) {
        downtimes.end(step.cluster().name(), step.operation().value());
    }
}
