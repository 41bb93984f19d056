package nocobase.procedures.process.wait;

import java.util.Map;
import nocobase.procedures.cluster.Cluster;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.Variables;

/**
 * An execution that waits in a receive task.
 *
 * @param definition id of its process definition
 * @param activity id of the receive task
 * @param message the message that it waits for
 * @param variables the text variables of its process instance
 */
record WaitingStep(
        String execution,
        String processInstance,
        String definition,
        String activity,
        String businessKey,
        String message,
        Map<String, String> variables) {

    Step at(Clusters clusters) {
        Cluster cluster = clusters.find(variables.get(Variables.CLUSTER));
        OperationId operation = new OperationId(businessKey);
        return new Step() {
            @Override
            public Cluster cluster() {
                return cluster;
            }

            @Override
            public OperationId operation() {
                return operation;
            }

            @Override
            public String text(String variable) {
                return variables.get(variable);
            }
        };
    }
}
