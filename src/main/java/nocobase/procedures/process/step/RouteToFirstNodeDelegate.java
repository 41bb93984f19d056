package nocobase.procedures.process.step;

import java.util.List;
import java.util.Map;
import nocobase.procedures.audit.Downtimes;
import nocobase.procedures.cluster.ClusterState;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Route;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.Variables;
import nocobase.procedures.process.wait.Condition;
import org.springframework.stereotype.Component;

/**
 * Sends clients to the first node only; the others lose no request.
 *
 * <p>Awaited: Clients reach the first node, and no other.
 */
@Component
class RouteToFirstNodeDelegate extends ClusterDelegate implements Condition {

    private final Downtimes downtimes;

    RouteToFirstNodeDelegate(Clusters clusters, Downtimes downtimes) {
        super(clusters);
        this.downtimes = downtimes;
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

    @Override
    public String message() {
        return "first-node-served";
    }

    @Override
    public Progress<Map<String, Object>> look(Step step) {
        Node first = step.cluster().runtime().observe().first();
        return Results.none(step.cluster().balancer().prove(new Route.Nodes(List.of(first))));
    }

    /** From this moment they are served. */
    @Override
    public void fulfilled(Step step) {
        downtimes.end(step.cluster().name(), step.operation().value());
    }
}
