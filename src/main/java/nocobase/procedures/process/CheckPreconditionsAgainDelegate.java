package nocobase.procedures.process;

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
        Preconditions.require(step);
    }
}
