package nocobase.procedures.process.step;

import java.time.Duration;
import java.util.Map;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.WorkRequest;
import nocobase.procedures.process.wait.Condition;
import org.springframework.stereotype.Component;

/**
 * Launches the change of a plugin on the node that serves; where that is broken for good, the wait begins with its restart.
 *
 * <p>Awaited: The database and the node itself prove that the plugin is as wanted.
 */
@Component
class ChangePluginDelegate extends ClusterDelegate implements Condition {

    ChangePluginDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        Node first = step.cluster().runtime().observe().first();
        if (FirstNodeAgain.needed(step, first)) {
            return;
        }
        launched(step.cluster().application().change(first, WorkRequest.pluginChange(step::text)));
    }

    @Override
    public String message() {
        return "plugin-changed";
    }

    @Override
    public Duration interval() {
        return Duration.ofSeconds(1);
    }

    @Override
    public Progress<Map<String, Object>> look(Step step) {
        return FirstNodeAgain.look(step).orElseGet(() -> {
            Node first = step.cluster().runtime().observe().first();
            return Results.none(step.cluster().application().change(first, WorkRequest.pluginChange(step::text)));
        });
    }
}
