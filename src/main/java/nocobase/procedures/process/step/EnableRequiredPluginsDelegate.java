package nocobase.procedures.process.step;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Scale;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.wait.Condition;
import org.springframework.stereotype.Component;

/**
 * Launches the enabling of the plugins that this cluster requires.
 *
 * <p>Awaited: All built-in plugins are installed, and the required ones present and enabled.
 */
@Component
class EnableRequiredPluginsDelegate extends ClusterDelegate implements Condition {

    EnableRequiredPluginsDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        Node first = step.cluster().runtime().observe().first();
        if (FirstNodeAgain.needed(step, first)) {
            return;
        }
        launched(step.cluster()
                .application()
                .ensurePlugins(first, step.cluster().settings().requiredPlugins()));
    }

    @Override
    public String message() {
        return "required-plugins-enabled";
    }

    @Override
    public Duration interval() {
        return Duration.ofSeconds(1);
    }

    @Override
    public Progress<Map<String, Object>> look(Step step) {
        Set<String> required = step.cluster().settings().requiredPlugins();
        return FirstNodeAgain.look(step)
                .orElseGet(() -> step.cluster()
                        .runtime()
                        .scale(Scale.first())
                        .then(state ->
                                Results.none(step.cluster().application().ensurePlugins(state.first(), required))));
    }
}
