package nocobase.procedures.process;

import nocobase.procedures.cluster.Clusters;
import org.springframework.stereotype.Component;

/** Starts the other nodes together; the first one runs already. */
@Component
class StartAllNodesDelegate extends ClusterDelegate {

    StartAllNodesDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        launched(step.cluster().runtime().scale(step.allNodes()));
    }
}
