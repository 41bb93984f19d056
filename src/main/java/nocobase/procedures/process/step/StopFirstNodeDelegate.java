package nocobase.procedures.process.step;

import java.util.Map;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.wait.Condition;
import org.springframework.stereotype.Component;

/**
 * Lets the first node stop gracefully, while the others serve.
 *
 * <p>Awaited: The first node is stopped, the others run.
 */
@Component
class StopFirstNodeDelegate extends ClusterDelegate implements Condition {

    StopFirstNodeDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        launched(ensured(step));
    }

    @Override
    public String message() {
        return "first-node-stopped";
    }

    @Override
    public Progress<Map<String, Object>> look(Step step) {
        return Results.none(ensured(step));
    }

    private static Progress<?> ensured(Step step) {
        return step.cluster().runtime().scale(Nodes.allButFirst(step));
    }
}
