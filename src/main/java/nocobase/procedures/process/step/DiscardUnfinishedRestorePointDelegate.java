package nocobase.procedures.process.step;

import nocobase.procedures.cluster.Clusters;
import org.springframework.stereotype.Component;

/** Gives up a restore point that is still being taken, so that nodes may start again. */
@Component
class DiscardUnfinishedRestorePointDelegate extends ClusterDelegate {

    DiscardUnfinishedRestorePointDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        step.cluster().restorePoints().discard(step.operation());
    }
}
