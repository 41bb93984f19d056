package nocobase.procedures.process.step;

import nocobase.procedures.cluster.Clusters;
import org.springframework.stereotype.Component;

/** Launches a consistent durable copy while the application serves. */
@Component
class TakeOnlineRestorePointDelegate extends ClusterDelegate {

    TakeOnlineRestorePointDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        launched(step.cluster().restorePoints().takeOnline(step.work()));
    }
}
