package nocobase.procedures.process.step;

import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.MaintenanceStep;
import nocobase.procedures.process.Variables;
import org.springframework.stereotype.Component;

/** Launches the clone of the databases and the archive of the storage. */
@Component
class TakeRestorePointDelegate extends ClusterDelegate {

    private final MaintenancePage page;

    TakeRestorePointDelegate(Clusters clusters, MaintenancePage page) {
        super(clusters);
        this.page = page;
    }

    @Override
    void perform(ExecutionStep step) {
        launched(step.cluster().restorePoints().take(step.operation()));
        step.set(Variables.RESTORE_POINT, step.operation().value());
        page.show(step, MaintenanceStep.BACKING_UP);
    }
}
