package nocobase.procedures.process;

import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Node;
import org.springframework.stereotype.Component;

/** Launches the change of a plugin on the node that serves. */
@Component
class ChangePluginDelegate extends ClusterDelegate {

    ChangePluginDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        Node first = step.cluster().runtime().observe().first();
        launched(step.cluster().application().change(first, WorkRequest.pluginChange(step::text)));
    }
}
