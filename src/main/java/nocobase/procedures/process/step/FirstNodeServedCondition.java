package nocobase.procedures.process.step;

import java.util.List;
import java.util.Map;
import nocobase.procedures.audit.Downtimes;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Route;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.wait.Condition;
import org.springframework.stereotype.Component;

/** Clients reach the first node, and no other. */
@Component
class FirstNodeServedCondition implements Condition {

    private final Downtimes downtimes;

    FirstNodeServedCondition(Downtimes downtimes) {
        this.downtimes = downtimes;
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
