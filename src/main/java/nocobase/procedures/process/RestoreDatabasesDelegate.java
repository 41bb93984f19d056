package nocobase.procedures.process;

import nocobase.procedures.cluster.Clusters;
import org.springframework.stereotype.Component;

/** Launches the way back to the restore point; what it replaces is kept aside. */
@Component
class RestoreDatabasesDelegate extends ClusterDelegate {

    RestoreDatabasesDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        launched(step.cluster().restorePoints().restore(step.required(Variables.RESTORE_POINT), step.operation()));
    }
}
