package nocobase.procedures.process.step;

import java.time.Duration;
import java.util.Map;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.wait.Condition;
import org.springframework.stereotype.Component;

/** Every node has proved that it serves the wanted version, and all have the same plugins. */
@Component
class AllNodesReadyCondition implements Condition {

    @Override
    public String message() {
        return "all-nodes-ready";
    }

    @Override
    public Duration interval() {
        return Duration.ofMillis(500);
    }

    @Override
    public Progress<Map<String, Object>> look(Step step) {
        return step.cluster().runtime().scale(step.allNodes()).then(state -> Readiness.ofAll(step, state));
    }
}
