package nocobase.procedures.process.step;

import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.process.Variables;
import org.springframework.stereotype.Component;

/** Launches the pull of the target image, while the cluster still serves. */
@Component
class PullTargetImageDelegate extends ClusterDelegate {

    PullTargetImageDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        launched(step.cluster().runtime().pull(step.version(Variables.TARGET_VERSION)));
    }
}
