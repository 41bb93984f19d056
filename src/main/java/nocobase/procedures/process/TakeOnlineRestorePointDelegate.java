package nocobase.procedures.process;

import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.OperationId;
import org.springframework.stereotype.Component;

/** Launches a consistent durable copy while the application serves. */
@Component
class TakeOnlineRestorePointDelegate extends ClusterDelegate {

    TakeOnlineRestorePointDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        OperationId work = step.work();
        launched(step.cluster().restorePoints().takeOnline(work));
        step.set(Variables.RESTORE_POINT, work.value());
    }
}
