package nocobase.procedures.process;

import java.util.HashMap;
import java.util.Map;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.UnknownClusterException;
import nocobase.procedures.language.Messages;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;

/**
 * Tells operators that a cluster was left in mid-procedure: its instance was deleted, or is gone from the engine's
 * database. They get a task with what clients see and how the nodes stand, which goes away when a procedure takes the
 * cluster.
 */
@Component
class AbandonedClusters {

    private static final Messages MESSAGES = Messages.of("process");
    static final String PROCESS = "abandoned-cluster";

    private static final Logger LOG = LoggerFactory.getLogger(AbandonedClusters.class);

    private final Clusters clusters;
    private final RuntimeService runtime;

    // The engine's own beans come last: listeners that lead here are part of its configuration.
    AbandonedClusters(Clusters clusters, @Lazy RuntimeService runtime) {
        this.clusters = clusters;
        this.runtime = runtime;
    }

    /**
     * @param procedure name or id of what was deleted
     * @param why what is known of the deletion
     * @param downSince when the 503 page went up, or null
     */
    void report(String cluster, String operation, String procedure, String why, String downSince) {
        Map<String, Object> variables = new HashMap<>();
        variables.put(Variables.CLUSTER, cluster);
        variables.put(Variables.DOWN_SINCE, downSince);
        variables.put("failedOperation", operation);
        variables.put("deletedProcedure", procedure);
        variables.put(
                "deletionReason", why == null || why.isBlank() ? MESSAGES.text("abandoned.noReason") : shortened(why));
        variables.put("clientsSee", clientsSee(cluster));
        LOG.warn("{}: {} was deleted ({}); operators are asked to look after the cluster", cluster, operation, why);
        runtime.startProcessInstanceByKey(PROCESS, PROCESS + "-" + operation, variables);
    }

    /** A procedure takes care of the cluster now. */
    void close(String cluster, String operation) {
        for (ProcessInstance left : runtime.createProcessInstanceQuery()
                .processDefinitionKey(PROCESS)
                .variableValueEquals(Variables.CLUSTER, cluster)
                .list()) {
            runtime.deleteProcessInstance(left.getId(), MESSAGES.text("abandoned.taken", operation), true, false);
        }
    }

    private String clientsSee(String cluster) {
        try {
            return ClientsView.of(clusters.find(cluster));
        } catch (UnknownClusterException e) {
            return MESSAGES.text("abandoned.notConfigured");
        }
    }

    private static String shortened(String text) {
        return text.length() <= 1000 ? text : text.substring(0, 1000) + "…";
    }
}
