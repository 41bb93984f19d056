package nocobase.procedures.process.step;

import nocobase.procedures.cluster.Clusters;
import org.springframework.stereotype.Component;

/** Launches the durable copy, which is made while the procedure goes on. */
@Component
class SecureRestorePointDelegate extends ClusterDelegate {

    SecureRestorePointDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        launched(step.cluster().restorePoints().secure(step.operation()));
    }
}
