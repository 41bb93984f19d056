package nocobase.procedures.process;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import nocobase.procedures.audit.Decisions;
import nocobase.procedures.cluster.Cluster;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.security.Forms;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.camunda.bpm.engine.delegate.TaskListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Prepares a task for the person who will open it: a name that says cluster and matter, the evidence as it is now, the
 * answers that are safe here, and no answer left over from an earlier task.
 */
@Component
class TaskCreateListener implements TaskListener {

    private static final Logger LOG = LoggerFactory.getLogger(TaskCreateListener.class);
    private static final int URGENT = 90;
    private static final Duration ANSWER_WHILE_DOWN = Duration.ofMinutes(10);

    private final Clusters clusters;
    private final Decisions decisions;
    private final Clock clock;

    TaskCreateListener(Clusters clusters, Decisions decisions, Clock clock) {
        this.clusters = clusters;
        this.decisions = decisions;
        this.clock = clock;
    }

    @Override
    public void notify(DelegateTask task) {
        AsSystem.run(task.getProcessEngineServices(), () -> prepare(task));
    }

    private void prepare(DelegateTask task) {
        DelegateExecution execution = task.getExecution();
        // Known but empty: the models' questions read them, and no earlier answer may stand in the form.
        Forms.questions(task.getId()).forEach(field -> execution.setVariable(field, null));
        task.setName(fullName(task));
        String failedOperation = text(task, "failedOperation");
        task.setVariableLocal(
                "operation", failedOperation == null ? execution.getProcessBusinessKey() : failedOperation);
        task.setVariableLocal("versions", versions(task));
        task.setVariableLocal(
                "options",
                Json.of(Choices.of(
                        text(task, Variables.CHOICES),
                        text(task, "failedStep"),
                        text(task, Variables.FIRST_NODE) != null)));
        task.setVariableLocal(
                "verdicts", Json.of(Choices.verdicts(Boolean.TRUE.equals(task.getVariable("rollbackPossible")))));
        if (Interventions.isBroken(decisions, execution.getProcessBusinessKey())) {
            task.addCandidateGroup("managers");
        }
        window(task);
        downtime(task);
        String cluster = text(task, Variables.CLUSTER);
        if (cluster != null) {
            nodes(task, clusters.find(cluster));
            restorePoint(task, clusters.find(cluster));
        }
    }

    private static String fullName(DelegateTask task) {
        String cluster = text(task, Variables.CLUSTER);
        return task.getName() + (cluster == null ? "" : ": " + cluster + " " + versions(task)).stripTrailing();
    }

    private static String versions(DelegateTask task) {
        return Wording.versions(
                text(task, Variables.PREVIOUS_VERSION),
                text(task, Variables.TARGET_VERSION),
                text(task, Variables.VERSION));
    }

    private static void window(DelegateTask task) {
        String window = text(task, Variables.WINDOW);
        if (window != null) {
            task.setVariableLocal("windowShown", Moments.shown(Instant.parse(window)));
        }
    }

    /** Set only while clients see the 503 page: what is absent, neither lists nor forms show. */
    private void downtime(DelegateTask task) {
        String since = text(task, Variables.DOWN_SINCE);
        if (since != null) {
            task.setVariableLocal("downSinceShown", Moments.shown(Instant.parse(since)));
            task.setPriority(URGENT);
            task.setDueDate(Date.from(clock.instant().plus(ANSWER_WHILE_DOWN)));
        }
    }

    private static void nodes(DelegateTask task, Cluster cluster) {
        List<Node> nodes = observe(cluster);
        task.setVariableLocal(
                "nodes", Json.of(nodes.stream().map(TaskCreateListener::row).toList()));
        String first = text(task, Variables.FIRST_NODE);
        task.setVariableLocal(
                "nodeOptions",
                Json.of(nodes.stream()
                        .filter(node -> !node.name().equals(first))
                        .map(node -> Choices.option(node.name(), node.name()))
                        .toList()));
    }

    private static void restorePoint(DelegateTask task, Cluster cluster) {
        String id = text(task, Variables.RESTORE_POINT);
        if (id != null) {
            task.setVariableLocal("restorePointShown", Wording.restorePoint(id, find(cluster, id)));
        }
    }

    /** As with the nodes: the task comes into being without what cannot be found out now. */
    private static Optional<RestorePoint> find(Cluster cluster, String id) {
        try {
            return cluster.restorePoints().find(id);
        } catch (RuntimeException e) {
            LOG.warn("{}: restore point {} cannot be shown in the task: {}", cluster.name(), id, e.toString());
            return Optional.empty();
        }
    }

    /** A task must come into being also when the container engine does not answer: then without the nodes. */
    private static List<Node> observe(Cluster cluster) {
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
                "state", node.state().name().toLowerCase(Locale.ROOT),
                "version", node.version() == null ? "unknown" : node.version().toString(),
                "image", node.image() == null ? "" : node.image(),
                "since", node.startedAt() == null || !node.running() ? "" : Moments.shown(node.startedAt()));
    }

    private static String text(DelegateTask task, String variable) {
        Object value = task.getVariable(variable);
        return value == null ? null : value.toString();
    }
}
