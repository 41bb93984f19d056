package nocobase.procedures.process.step;

import java.util.Map;
import nocobase.procedures.audit.Downtimes;
import nocobase.procedures.cluster.ClusterState;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Route;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.wait.Condition;
import org.springframework.stereotype.Component;

/** Clients reach the nodes through the balancer. */
@Component
class ClusterServedCondition implements Condition {

    private final Downtimes downtimes;

    ClusterServedCondition(Downtimes downtimes) {
        this.downtimes = downtimes;
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
