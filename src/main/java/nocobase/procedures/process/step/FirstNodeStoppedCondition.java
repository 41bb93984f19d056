package nocobase.procedures.process.step;

import java.util.Map;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.wait.Condition;
import org.springframework.stereotype.Component;

/** The first node is stopped, the others run. */
@Component
class FirstNodeStoppedCondition implements Condition {

    @Override
    public String message() {
        return "first-node-stopped";
    }

    @Override
    public Progress<Map<String, Object>> look(Step step) {
        return Results.none(step.cluster().runtime().scale(Nodes.allButFirst(step)));
    }
}
