package nocobase.procedures.process.step;

import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.RestorePoints;
import nocobase.procedures.process.Variables;
import org.springframework.stereotype.Component;

/** Launches the copy of another cluster's restore point into this cluster's own store. */
@Component
class ReceiveRestorePointDelegate extends ClusterDelegate {

    private final Clusters clusters;

    ReceiveRestorePointDelegate(Clusters clusters) {
        super(clusters);
        this.clusters = clusters;
    }

    @Override
    void perform(ExecutionStep step) {
        RestorePoints source =
                clusters.find(step.required(Variables.SOURCE_CLUSTER)).restorePoints();
        launched(step.cluster().restorePoints().receive(step.required(Variables.RESTORE_POINT_CHOSEN), source));
    }
}
