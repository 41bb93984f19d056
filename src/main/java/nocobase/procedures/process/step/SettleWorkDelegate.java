package nocobase.procedures.process.step;

import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.process.Variables;
import org.springframework.stereotype.Component;

/** Gives the chosen work an id of its own, and names the source where something comes from another cluster. */
@Component
class SettleWorkDelegate extends ClusterDelegate {

    SettleWorkDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        step.set(Variables.FAILURE, null);
        step.set(
                Variables.WORK_OPERATION,
                OperationId.next(step.cluster().name()).value());
        if ("receiveRestorePoint".equals(step.text(Variables.WORK))) {
            String[] source = step.required("sourceRestorePoint").split("/", 2);
            step.set(Variables.SOURCE_CLUSTER, source[0]);
            step.set(Variables.RESTORE_POINT_CHOSEN, source[1]);
        }
    }
}
