package nocobase.procedures.process.claim;

import java.util.HashMap;
import java.util.Map;
import nocobase.procedures.audit.Downtime;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.UnknownClusterException;
import nocobase.procedures.language.Messages;
import nocobase.procedures.process.ClientsView;
import nocobase.procedures.process.ProcessKeys;
import nocobase.procedures.process.ShownNames;
import nocobase.procedures.process.Variables;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;

/**
 * Tells operators that a cluster was left: its procedure was deleted, is gone from the engine's database, or ended with
 * clients behind the maintenance page. They get a task with what clients see and how the nodes stand, which goes away when a
 * procedure takes the cluster, or when clients are served again.
 */
@Component
public class AbandonedClusters {

    private static final Messages MESSAGES = Messages.of("process");
    static final String PROCESS = ProcessKeys.ABANDONED_CLUSTER;

    private static final Logger LOG = LoggerFactory.getLogger(AbandonedClusters.class);

    private final Clusters clusters;
    private final RuntimeService runtime;

    // The engine's own beans come last: listeners that lead here are part of its configuration.
    AbandonedClusters(Clusters clusters, @Lazy RuntimeService runtime) {
        this.clusters = clusters;
        this.runtime = runtime;
    }

    public void report(String cluster, Downtime.Left left) {
        Map<String, Object> variables = new HashMap<>();
        variables.put(Variables.CLUSTER, cluster);
        variables.put(Variables.FAILED_OPERATION, left.operation());
        variables.put("whatHappened", whatHappened(left));
        variables.put(
                "deletionReason", left.why().isBlank() ? MESSAGES.text("abandoned.noReason") : shortened(left.why()));
        variables.put("clientsSee", clientsSee(cluster));
        LOG.warn(
                "{}: {} left it ({}); operators are asked to look after the cluster",
                cluster,
                left.operation(),
                left.why());
        runtime.startProcessInstanceByKey(PROCESS, PROCESS + "-" + left.operation(), variables);
    }

    private static String whatHappened(Downtime.Left left) {
        boolean deleted = left.outcome() == null;
        return left.who() == null
                ? MESSAGES.text(deleted ? "left.deleted" : "left.ended", ShownNames.ofProcess(left.procedure()))
                : MESSAGES.text(
                        deleted ? "left.deletedBy" : "left.endedBy",
                        ShownNames.ofProcess(left.procedure()),
                        left.who());
    }

    /** The cluster is taken care of, or needs no care any more. */
    public void close(String cluster, String why) {
        for (ProcessInstance left : runtime.createProcessInstanceQuery()
                .processDefinitionKey(PROCESS)
                .variableValueEquals(Variables.CLUSTER, cluster)
                .list()) {
            runtime.deleteProcessInstance(left.getId(), why, true, false);
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
