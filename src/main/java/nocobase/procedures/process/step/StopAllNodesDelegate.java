package nocobase.procedures.process.step;

import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Scale;
import nocobase.procedures.process.Variables;
import org.springframework.stereotype.Component;

/** Lets all nodes stop gracefully; the condition waits for them. */
@Component
class StopAllNodesDelegate extends ClusterDelegate {

    StopAllNodesDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        step.set(Variables.STOP_BEGUN, true);
        launched(step.cluster().runtime().scale(Scale.none()));
    }
}
