package nocobase.procedures.process;

import nocobase.procedures.cluster.Clusters;
import org.springframework.stereotype.Component;

/** Launches the clone of the databases and the archive of the storage. */
@Component
class TakeRestorePointDelegate extends ClusterDelegate {

    TakeRestorePointDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        launched(step.cluster().restorePoints().take(step.operation()));
        step.set(Variables.RESTORE_POINT, step.operation().value());
    }
}
