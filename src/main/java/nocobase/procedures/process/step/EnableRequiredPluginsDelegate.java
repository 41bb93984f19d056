package nocobase.procedures.process.step;

import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Node;
import org.springframework.stereotype.Component;

/** Launches the enabling of the plugins that this cluster requires; the condition waits for the proof. */
@Component
class EnableRequiredPluginsDelegate extends ClusterDelegate {

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
}
