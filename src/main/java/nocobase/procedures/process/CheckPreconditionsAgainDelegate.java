package nocobase.procedures.process;

import java.util.List;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Clusters;
import org.springframework.stereotype.Component;

/** Checks all preconditions once more right before the 503 page: hours may have passed since the plan. */
@Component
class CheckPreconditionsAgainDelegate extends ClusterDelegate {

    CheckPreconditionsAgainDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        List<Check> checks = Preconditions.of(step.cluster(), step.version(Variables.TARGET_VERSION));
        step.set(Variables.CHECKS, Json.of(checks));
        Preconditions.requireNoFailure(checks);
    }
}
