package nocobase.procedures.process.step;

import java.util.List;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.RestorePoints;
import nocobase.procedures.process.Json;
import nocobase.procedures.process.Variables;
import org.springframework.stereotype.Component;

/** Checks, before anything is copied, whether the environment of the other cluster fits here. */
@Component
class CheckCompatibilityDelegate extends ClusterDelegate {

    private final Clusters clusters;

    CheckCompatibilityDelegate(Clusters clusters) {
        super(clusters);
        this.clusters = clusters;
    }

    @Override
    void perform(ExecutionStep step) {
        RestorePoints source =
                clusters.find(step.required(Variables.SOURCE_CLUSTER)).restorePoints();
        List<Check> checks =
                step.cluster().restorePoints().compatibility(step.required(Variables.RESTORE_POINT_CHOSEN), source);
        step.set(Variables.CHECKS, Json.of(checks));
        Preconditions.requireNoFailure(checks);
    }
}
