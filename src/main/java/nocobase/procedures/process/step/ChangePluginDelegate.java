package nocobase.procedures.process.step;

import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.process.WorkRequest;
import org.springframework.stereotype.Component;

/** Launches the change of a plugin on the node that serves; where that is broken for good, the wait begins with its restart. */
@Component
class ChangePluginDelegate extends ClusterDelegate {

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
}
