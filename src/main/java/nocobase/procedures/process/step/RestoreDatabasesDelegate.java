package nocobase.procedures.process.step;

import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.MaintenanceStep;
import nocobase.procedures.process.Variables;
import org.springframework.stereotype.Component;

/** Launches the way back to the restore point; what it replaces is kept aside. */
@Component
class RestoreDatabasesDelegate extends ClusterDelegate {

    private final MaintenancePage page;

    RestoreDatabasesDelegate(Clusters clusters, MaintenancePage page) {
        super(clusters);
        this.page = page;
    }

    @Override
    void perform(ExecutionStep step) {
        launched(step.cluster().restorePoints().restore(step.required(Variables.RESTORE_POINT), step.restoral()));
        page.show(step, MaintenanceStep.RESTORING);
    }
}
