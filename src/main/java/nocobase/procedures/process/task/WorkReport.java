package nocobase.procedures.process.task;

import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import nocobase.procedures.audit.Remark;
import nocobase.procedures.audit.Remarks;
import nocobase.procedures.cluster.Cluster;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Plugin;
import nocobase.procedures.cluster.PluginChange;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.language.Messages;
import nocobase.procedures.process.ElementIds;
import nocobase.procedures.process.Json;
import nocobase.procedures.process.Variables;
import nocobase.procedures.process.Wording;
import nocobase.procedures.process.WorkRequest;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Says after each piece of work in a maintenance what was done and how it came out, as the cluster shows it: a remark, which the
 * following tasks and the evidence have.
 */
@Component
class WorkReport {

    private static final Logger LOG = LoggerFactory.getLogger(WorkReport.class);
    private static final Messages MESSAGES = Messages.of("process");

    private final Clusters clusters;
    private final Remarks remarks;
    private final Clock clock;

    WorkReport(Clusters clusters, Remarks remarks, Clock clock) {
        this.clusters = clusters;
        this.remarks = remarks;
        this.clock = clock;
    }

    /** To be called before the answers that chose the last piece of work are forgotten. */
    void keep(DelegateTask task) {
        String id = text(task, Variables.WORK_OPERATION);
        if (!task.getTaskDefinitionKey().equals(ElementIds.CHOOSE_WORK) || id == null) {
            return;
        }
        String operation = task.getExecution().getProcessBusinessKey();
        remarks.record(new Remark(operation, "work " + id, clock.instant(), outcome(task)));
    }

    private String outcome(DelegateTask task) {
        String failed =
                Json.read(task.getVariable(Variables.FAILURE)).path("what").asText("");
        if (!failed.isEmpty()) {
            return MESSAGES.text("work.notDone", asked(task), failed);
        }
        try {
            return done(task, clusters.find(text(task, Variables.CLUSTER)));
        } catch (RuntimeException e) {
            LOG.warn("What came of {} cannot be seen: {}", text(task, Variables.WORK), e.toString());
            return MESSAGES.text("work.unseen", asked(task));
        }
    }

    private static String asked(DelegateTask task) {
        String work = text(task, Variables.WORK);
        return work.equals("plugin")
                ? MESSAGES.text(
                        "work.asked.plugin." + change(task).kind(), change(task).name())
                : MESSAGES.text(
                        "work.asked." + work,
                        text(task, Variables.RESTORE_POINT_CHOSEN),
                        text(task, Variables.SOURCE_CLUSTER));
    }

    private static String done(DelegateTask task, Cluster cluster) {
        String chosen = text(task, Variables.RESTORE_POINT_CHOSEN);
        return switch (text(task, Variables.WORK)) {
            case "plugin" -> plugin(cluster, change(task));
            case "takeRestorePoint" ->
                MESSAGES.text("work.done.takeRestorePoint", shown(cluster, text(task, Variables.WORK_OPERATION)));
            case "proveRestorePoint" -> proof(cluster, chosen, text(task, Variables.WORK_OPERATION));
            case "receiveRestorePoint" ->
                MESSAGES.text(
                        "work.done.receiveRestorePoint", text(task, Variables.SOURCE_CLUSTER), shown(cluster, chosen));
            case "pruneRestorePoints" -> pruning(task, cluster);
            case "byHand" -> MESSAGES.text("work.done.byHand", text(task, "handworkDone"));
            default -> MESSAGES.text("work.done.nothing", asked(task));
        };
    }

    private static String plugin(Cluster cluster, PluginChange change) {
        Optional<Plugin> found = cluster.application().plugins().stream()
                .filter(plugin -> plugin.is(change.name()))
                .findFirst();
        String version = found.map(Plugin::version).orElse("");
        String named = version == null || version.isBlank() ? change.name() : change.name() + " " + version;
        boolean enabled = found.filter(Plugin::enabled).isPresent();
        return MESSAGES.text("work.done.plugin." + change.kind() + (enabled ? ".enabled" : ".disabled"), named);
    }

    private static String proof(Cluster cluster, String id, String work) {
        Optional<RestorePoint.Proof> proof = cluster.restorePoints()
                .find(id)
                .map(RestorePoint::proof)
                .filter(found -> found.operation().equals(work));
        return proof.map(found -> MESSAGES.text("work.done.proveRestorePoint", id, found.tables(), found.rows()))
                .orElseGet(() -> MESSAGES.text("work.done.notProven", id));
    }

    private static String pruning(DelegateTask task, Cluster cluster) {
        if (!Boolean.TRUE.equals(task.getVariable("pruneNow"))) {
            return MESSAGES.text("work.done.notPruned");
        }
        String own = text(task, Variables.RESTORE_POINT);
        int left = cluster.restorePoints()
                .surplus(own == null ? Set.of() : Set.of(own))
                .size();
        return left == 0 ? MESSAGES.text("work.done.pruned") : MESSAGES.text("work.done.prunedInPart", left);
    }

    private static String shown(Cluster cluster, String id) {
        return Wording.restorePoint(id, cluster.restorePoints().find(id));
    }

    private static PluginChange change(DelegateTask task) {
        return WorkRequest.pluginChange(name -> text(task, name));
    }

    private static String text(DelegateTask task, String variable) {
        Object value = task.getVariable(variable);
        return value == null ? null : value.toString();
    }
}
