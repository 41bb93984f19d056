package nocobase.procedures.process.step;

import nocobase.procedures.cluster.Clusters;
import org.springframework.stereotype.Component;

/** Removes the nodes set aside and gives every node its own restart policy again. */
@Component
class RestoreNodeSettingsDelegate extends ClusterDelegate {

    RestoreNodeSettingsDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        step.cluster().runtime().finish(step.operation());
    }
}
