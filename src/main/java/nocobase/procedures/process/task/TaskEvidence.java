package nocobase.procedures.process.task;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import nocobase.procedures.cluster.Cluster;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.cluster.VersionRules;
import nocobase.procedures.language.Messages;
import nocobase.procedures.process.Choices;
import nocobase.procedures.process.ClientsView;
import nocobase.procedures.process.Json;
import nocobase.procedures.process.Moments;
import nocobase.procedures.process.PlanWarnings;
import nocobase.procedures.process.ProcessKeys;
import nocobase.procedures.process.Variables;
import nocobase.procedures.process.WaysBack;
import nocobase.procedures.process.Wording;
import nocobase.procedures.security.Forms;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a task shows of its cluster as it is now: the nodes, the restore point, and the ways back where one is chosen. */
final class TaskEvidence {

    private static final Logger LOG = LoggerFactory.getLogger(TaskEvidence.class);
    private static final Messages MESSAGES = Messages.of("process");

    private final DelegateTask task;
    private final Cluster cluster;
    private final boolean serving;

    /** @param serving whether clients are served now */
    TaskEvidence(DelegateTask task, Cluster cluster, boolean serving) {
        this.serving = serving;
        this.task = task;
        this.cluster = cluster;
    }

    void show() {
        task.setVariableLocal("warningOptions", Json.of(PlanWarnings.options(task)));
        nodes();
        restorePoint();
        waysBack();
        if (task.getVariable(Variables.TRAFFIC_AFTER_FIRST_NODE) instanceof Boolean early) {
            task.setVariableLocal("openingPlan", Wording.opening(early));
        }
    }

    private void nodes() {
        List<Node> nodes = observe();
        task.setVariableLocal(
                "nodes", Json.of(nodes.stream().map(TaskEvidence::row).toList()));
        String first = text(Variables.FIRST_NODE);
        String failed =
                Json.read(task.getVariable(Variables.FAILURE)).path("node").asText();
        task.setVariableLocal(
                "nodeOptions",
                Json.of(nodes.stream()
                        .filter(node -> !node.name().equals(first))
                        .map(node -> Choices.option(label(node, failed), node.name()))
                        .toList()));
        suggest(nodes.stream()
                .filter(node -> !node.name().equals(first) && isInTheWay(node, failed))
                .map(Node::name)
                .toList());
    }

    /** Ticked beforehand. Nothing comes of it unless a person decides to go on without nodes, and sends the list. */
    private void suggest(List<String> inTheWay) {
        if (Forms.questions(task.getId()).contains(Variables.NODES_TO_LEAVE_OUT)) {
            task.getExecution().setVariable(Variables.NODES_TO_LEAVE_OUT, Json.of(inTheWay));
        }
    }

    private static boolean isInTheWay(Node node, String failed) {
        return node.name().equals(failed) || !node.running();
    }

    /** Whoever goes on without nodes sees which of them are in the way. */
    private static String label(Node node, String failed) {
        if (node.name().equals(failed)) {
            return MESSAGES.text("nodeOption.failed", node.name());
        }
        return node.running() ? node.name() : MESSAGES.text("nodeOption.notRunning", node.name());
    }

    private void restorePoint() {
        String id = text(Variables.RESTORE_POINT);
        if (id != null) {
            Optional<RestorePoint> found = find(id);
            task.setVariableLocal("restorePointShown", Wording.restorePoint(id, found));
            boolean behindPage = ProcessKeys.VERSION_UPGRADE.equals(text(Variables.PROCEDURE))
                    && task.getVariable(Variables.TRAFFIC_RETURNED) == null;
            task.setVariableLocal("loss", Wording.loss(found, behindPage));
        }
    }

    private void waysBack() {
        if (!Forms.questions(task.getId()).contains(Variables.WAY_BACK)) {
            return;
        }
        List<RestorePoint> points = cluster.restorePoints().list();
        String recorded = text(Variables.RECORDED_VERSION);
        task.setVariableLocal(
                "waysBack",
                Json.of(WaysBack.of(
                        new WaysBack.Situation(
                                recorded,
                                begun(recorded),
                                task.getVariable(Variables.CHOOSING_AGAIN) != null,
                                ProcessKeys.IN_APP_MAINTENANCE.equals(text(Variables.PROCEDURE)) && serving),
                        points)));
        task.setVariableLocal("restorePointOptions", Json.of(WaysBack.restorePoints(points)));
        task.setVariableLocal(
                "holdings", Json.of(WorkEvidence.rows(cluster.restorePoints().holdings())));
        task.setVariableLocal("clientsSee", ClientsView.of(cluster));
    }

    private Version begun(String recorded) {
        return VersionRules.begunOn(Version.tryParse(recorded).orElse(null), observe())
                .orElse(null);
    }

    /** As with the nodes: the task comes into being without what cannot be found out now. */
    private Optional<RestorePoint> find(String id) {
        try {
            return cluster.restorePoints().find(id);
        } catch (RuntimeException e) {
            LOG.warn("{}: restore point {} cannot be shown in the task: {}", cluster.name(), id, e.toString());
            return Optional.empty();
        }
    }

    /** A task must come into being also when the container engine does not answer: then without the nodes. */
    private List<Node> observe() {
        try {
            return cluster.runtime().observe().nodes();
        } catch (RuntimeException e) {
            LOG.warn("{}: the nodes cannot be shown in the task: {}", cluster.name(), e.toString());
            return List.of();
        }
    }

    private static Map<String, String> row(Node node) {
        return Map.of(
                "name", node.name(),
                "state", Wording.nodeState(node.state()),
                "version", Wording.version(node.version()),
                "image", node.image() == null ? "" : node.image(),
                "since", node.startedAt() == null || !node.running() ? "" : Moments.shown(node.startedAt()));
    }

    private String text(String variable) {
        Object value = task.getVariable(variable);
        return value == null ? null : value.toString();
    }
}
