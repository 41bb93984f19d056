package nocobase.procedures.process.task;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nocobase.procedures.audit.Decisions;
import nocobase.procedures.audit.Downtime;
import nocobase.procedures.audit.Downtimes;
import nocobase.procedures.audit.Remark;
import nocobase.procedures.audit.Remarks;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.process.AsSystem;
import nocobase.procedures.process.CallPath;
import nocobase.procedures.process.Choices;
import nocobase.procedures.process.ElementIds;
import nocobase.procedures.process.Estimates;
import nocobase.procedures.process.Json;
import nocobase.procedures.process.Literal;
import nocobase.procedures.process.Maintenance;
import nocobase.procedures.process.Moments;
import nocobase.procedures.process.ProcessKeys;
import nocobase.procedures.process.ShownTexts;
import nocobase.procedures.process.Variables;
import nocobase.procedures.process.Wording;
import nocobase.procedures.process.status.Announcements;
import nocobase.procedures.process.status.Interventions;
import nocobase.procedures.security.Forms;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.camunda.bpm.engine.delegate.TaskListener;
import org.springframework.stereotype.Component;

/**
 * Prepares a task for the person who will open it: a name that says cluster and matter, the evidence as it is now, the
 * answers that are safe here, and no answer left over from an earlier task.
 */
@Component
public class TaskCreateListener implements TaskListener {

    private static final int URGENT = 90;
    private static final String FAILED_STEP = "failedStep";
    /** Steps in which no node can be reached past the maintenance page. */
    private static final Set<String> LINK_CLOSED = Set.of(
            ProcessKeys.SUSPEND_SERVICE,
            ProcessKeys.TAKE_RESTORE_POINT,
            ProcessKeys.RESTORE_DATABASES,
            ProcessKeys.SET_DATABASE_ASIDE,
            ProcessKeys.START_FIRST_NODE);

    static final Duration ANSWER_WHILE_DOWN = Duration.ofMinutes(10);

    private final Clusters clusters;
    private final Decisions decisions;
    private final Remarks remarks;
    private final WorkReport workReport;
    private final Downtimes downtimes;
    private final Estimates estimates;
    private final Announcements news;
    private final Clock clock;

    TaskCreateListener(
            Clusters clusters,
            Decisions decisions,
            Remarks remarks,
            Downtimes downtimes,
            Estimates estimates,
            WorkReport workReport,
            Announcements news,
            Clock clock) {
        this.estimates = estimates;
        this.downtimes = downtimes;
        this.workReport = workReport;
        this.news = news;
        this.clusters = clusters;
        this.decisions = decisions;
        this.remarks = remarks;
        this.clock = clock;
    }

    @Override
    public void notify(DelegateTask task) {
        AsSystem.run(task.getProcessEngineServices(), () -> {
            prepare(task);
            news.ofTask(task);
        });
    }

    private void prepare(DelegateTask task) {
        DelegateExecution execution = task.getExecution();
        workReport.keep(task);
        // Known but empty: the models' questions read them, and no earlier answer may stand in the form.
        execution.setVariables(Forms.unanswered(task.getId()));
        task.setName(fullName(task));
        String operation = Variables.operationOf(execution);
        task.setVariableLocal("operation", operation);
        task.setVariableLocal("versionsShown", versionsShown(task));
        Maintenance.showIn(task);
        String previous = text(task, Variables.PREVIOUS_VERSION);
        task.setVariableLocal("versionBack", previous == null ? text(task, Variables.VERSION) : previous);
        answers(task);
        if (Interventions.isBroken(decisions, execution.getProcessBusinessKey())) {
            Interventions.openToManagers(task);
        }
        remarks(task, operation);
        window(task);
        estimate(task);
        downtime(task);
        String cluster = text(task, Variables.CLUSTER);
        if (cluster != null) {
            new TaskEvidence(task, clusters.find(cluster), downSince(task) == null).show();
            WorkEvidence.showIn(task, clusters.find(cluster), clusters);
        }
        ShownTexts.showIn(task);
    }

    private void answers(DelegateTask task) {
        CallPath path = CallPath.of(task);
        if (task.getVariable(FAILED_STEP) != null
                && !path.keys().isEmpty()
                && !path.caller().equals(ProcessKeys.GUIDED_FAILURE)) {
            // The approval of a rollback names the step in which it was asked for.
            task.getExecution().setVariable(FAILED_STEP, path.names().get(0));
        }
        boolean serving = downSince(task) == null;
        if (serving || LINK_CLOSED.contains(path.caller())) {
            // It leads past the maintenance page to a node that runs, or nowhere.
            task.setVariableLocal("privateLink", null);
        }
        task.setVariableLocal(
                "options",
                Json.of(Choices.of(
                        text(task, Variables.CHOICES),
                        new Choices.Situation(
                                path,
                                serving,
                                StartTimeOutListener.moreTimeMayDo(task),
                                Json.read(task.getVariable(Variables.FAILURE))
                                        .path("lasting")
                                        .asBoolean()))));
        task.setVariableLocal(
                "verdicts",
                Json.of(Choices.verdicts(
                        next(task, path, serving),
                        Boolean.TRUE.equals(task.getVariable("rollbackPossible")),
                        Boolean.TRUE.equals(task.getVariable("otherWayPossible")))));
    }

    private static Choices.Next next(DelegateTask task, CallPath path, boolean serving) {
        if (path.within(ProcessKeys.PERFORM_WORK) && serving) {
            return Choices.Next.RESTART;
        }
        boolean early = Boolean.TRUE.equals(task.getVariable(Variables.TRAFFIC_AFTER_FIRST_NODE));
        return early ? Choices.Next.OPEN_EARLY : Choices.Next.OPEN;
    }

    private static String fullName(DelegateTask task) {
        String cluster = text(task, Variables.CLUSTER);
        return task.getName() + (cluster == null ? "" : ": " + cluster + " " + versions(task)).stripTrailing();
    }

    /** With its separator, because a form has it in a line; empty where no version is known yet. */
    private static String versionsShown(DelegateTask task) {
        String present = text(task, Variables.VERSION) == null
                ? text(task, Variables.RECORDED_VERSION)
                : text(task, Variables.VERSION);
        String versions = versions(task);
        if (versions.isEmpty() && present == null) {
            return "";
        }
        return " · NocoBase " + (versions.isEmpty() ? present : versions);
    }

    /** Whoever decides on a rollback decides on the way back, though the other version is up still. */
    private static String versions(DelegateTask task) {
        String previous = text(task, Variables.PREVIOUS_VERSION);
        boolean back = ElementIds.APPROVE_ROLLBACK.equals(task.getTaskDefinitionKey());
        return Wording.versions(
                previous, text(task, Variables.TARGET_VERSION), back ? previous : text(task, Variables.VERSION));
    }

    /** Set only where there are any: what is absent, forms do not show. */
    private void remarks(DelegateTask task, String operation) {
        List<Map<String, String>> rows = rows(remarks.of(operation));
        if (!rows.isEmpty()) {
            task.setVariableLocal("remarks", Json.of(rows));
        }
    }

    static List<Map<String, String>> rows(List<Remark> remarks) {
        return remarks.stream()
                .map(remark -> Map.of("at", Moments.shown(remark.at()), "text", Literal.cell(remark.text())))
                .toList();
    }

    private static void window(DelegateTask task) {
        String window = text(task, Variables.WINDOW);
        if (window != null) {
            task.setVariableLocal("windowShown", Moments.shown(Instant.parse(window)));
        }
        String end = text(task, Variables.WINDOW_END);
        if (end != null) {
            task.setVariableLocal("windowEndShown", Moments.shown(Instant.parse(end)));
        }
    }

    /** Set only where the plan has a time without service: what is absent, forms do not show. */
    private void estimate(DelegateTask task) {
        String procedure = text(task, Variables.PROCEDURE);
        if (ElementIds.REVIEW_PLAN.equals(task.getTaskDefinitionKey()) && estimates.planned(procedure)) {
            task.setVariableLocal(
                    "estimateShown",
                    estimates.shown(
                            text(task, Variables.CLUSTER),
                            procedure,
                            task.getExecution().getProcessBusinessKey()));
        }
    }

    /** Set only while clients see the 503 page: what is absent, neither lists nor forms show. */
    private void downtime(DelegateTask task) {
        Instant since = downSince(task);
        if (since != null) {
            task.setVariableLocal("downSinceShown", Moments.shown(since));
            task.setPriority(URGENT);
            task.setDueDate(Date.from(clock.instant().plus(ANSWER_WHILE_DOWN)));
        }
    }

    /** Null while clients are served. */
    private Instant downSince(DelegateTask task) {
        String cluster = text(task, Variables.CLUSTER);
        return cluster == null
                ? null
                : downtimes.lasting(cluster).map(Downtime::since).orElse(null);
    }

    private static String text(DelegateTask task, String variable) {
        Object value = task.getVariable(variable);
        return value == null ? null : value.toString();
    }
}
