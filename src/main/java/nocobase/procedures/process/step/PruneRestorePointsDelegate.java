package nocobase.procedures.process.step;

import java.util.Set;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.process.Variables;
import org.springframework.stereotype.Component;

/** Removes what retention no longer keeps. */
@Component
public class PruneRestorePointsDelegate extends ClusterDelegate {

    PruneRestorePointsDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        String restorePoint = step.text(Variables.RESTORE_POINT);
        step.cluster().restorePoints().prune(restorePoint == null ? Set.of() : Set.of(restorePoint));
    }
}
