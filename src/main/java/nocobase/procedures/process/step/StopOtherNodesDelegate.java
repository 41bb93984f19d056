package nocobase.procedures.process.step;

import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Scale;
import org.springframework.stereotype.Component;

/** Lets all nodes but the first stop gracefully; the condition waits for them. */
@Component
class StopOtherNodesDelegate extends ClusterDelegate {

    StopOtherNodesDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        launched(step.cluster().runtime().scale(Scale.first()));
    }
}
