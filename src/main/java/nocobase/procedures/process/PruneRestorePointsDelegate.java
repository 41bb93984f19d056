package nocobase.procedures.process;

import java.util.Set;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.RestorePoint;
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
        boolean verified = step.operation().value().equals(restorePoint)
                && step.cluster().restorePoints().find(restorePoint).stream()
                        .anyMatch(point -> point.state() == RestorePoint.State.VERIFIED);
        if (verified) {
            step.cluster().restorePoints().dropClone(step.operation());
        }
        step.cluster().restorePoints().prune(restorePoint == null ? Set.of() : Set.of(restorePoint));
    }
}
