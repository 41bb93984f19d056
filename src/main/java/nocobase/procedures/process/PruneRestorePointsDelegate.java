package nocobase.procedures.process;

import java.util.Set;
import nocobase.procedures.cluster.Clusters;
import org.springframework.stereotype.Component;

/** Removes what retention no longer keeps. */
@Component
class PruneRestorePointsDelegate extends ClusterDelegate {

    PruneRestorePointsDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        String restorePoint = step.text(Variables.RESTORE_POINT);
        step.cluster().restorePoints().prune(restorePoint == null ? Set.of() : Set.of(restorePoint));
    }
}
