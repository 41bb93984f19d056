package nocobase.procedures.process.step;

import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.process.Variables;
import org.springframework.stereotype.Component;

/** Launches a trial restore, whose rows are counted. */
@Component
class ProveRestorePointDelegate extends ClusterDelegate {

    ProveRestorePointDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        launched(step.cluster().restorePoints().verify(step.required(Variables.RESTORE_POINT_CHOSEN), step.work()));
    }
}
