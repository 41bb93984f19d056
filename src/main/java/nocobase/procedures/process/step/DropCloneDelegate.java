package nocobase.procedures.process.step;

import nocobase.procedures.cluster.Clusters;
import org.springframework.stereotype.Component;

/** Launches the last look at the durable copy of the procedure's own restore point, after which its clone goes. */
@Component
class DropCloneDelegate extends ClusterDelegate {

    DropCloneDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        launched(CloneDroppedCondition.dropped(step));
    }
}
