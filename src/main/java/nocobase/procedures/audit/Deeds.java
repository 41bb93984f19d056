package nocobase.procedures.audit;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import nocobase.procedures.language.Messages;
import org.camunda.bpm.engine.EntityTypes;
import org.camunda.bpm.engine.HistoryService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.history.HistoricTaskInstance;
import org.camunda.bpm.engine.history.UserOperationLogEntry;
import org.camunda.bpm.engine.task.Comment;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;

/**
 * What people did to a process instance beside answering forms: who claimed, gave back or assigned a task, who commented, who
 * deleted or retried in Cockpit. From the engine's own log, which it keeps only of people, never of the system.
 */
@Component
class Deeds {

    private static final Messages MESSAGES = Messages.of("audit");
    /** Answers and starts stand among the decisions, with what was answered. */
    private static final Set<String> KNOWN_OTHERWISE = Set.of(
            UserOperationLogEntry.OPERATION_TYPE_COMPLETE,
            UserOperationLogEntry.OPERATION_TYPE_CREATE,
            UserOperationLogEntry.OPERATION_TYPE_SET_VARIABLE,
            UserOperationLogEntry.OPERATION_TYPE_SET_VARIABLES);

    private final HistoryService history;
    private final TaskService tasks;

    Deeds(@Lazy HistoryService history, @Lazy TaskService tasks) {
        this.history = history;
        this.tasks = tasks;
    }

    List<Remark> of(String operation, String instance) {
        List<Remark> deeds = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (UserOperationLogEntry entry : history.createUserOperationLogQuery()
                .processInstanceId(instance)
                .orderByTimestamp()
                .asc()
                .list()) {
            if (!KNOWN_OTHERWISE.contains(entry.getOperationType()) && seen.add(entry.getOperationId())) {
                deeds.add(new Remark(
                        operation, entry.getId(), entry.getTimestamp().toInstant(), text(entry)));
            }
        }
        for (Comment comment : tasks.getProcessInstanceComments(instance)) {
            deeds.add(new Remark(
                    operation,
                    comment.getId(),
                    comment.getTime().toInstant(),
                    MESSAGES.text(
                            "deed.comment", comment.getUserId(), task(comment.getTaskId()), comment.getFullMessage())));
        }
        return deeds;
    }

    private String text(UserOperationLogEntry entry) {
        String person = entry.getUserId();
        if (!EntityTypes.TASK.equals(entry.getEntityType()) || !"assignee".equals(entry.getProperty())) {
            String what = words(entry.getOperationType()) + " " + words(entry.getEntityType());
            return entry.getTaskId() == null
                    ? MESSAGES.text("deed.other", person, what)
                    : MESSAGES.text("deed.otherOnTask", person, what, task(entry.getTaskId()));
        }
        String task = task(entry.getTaskId());
        String from = entry.getOrgValue();
        String to = entry.getNewValue();
        if (to == null) {
            return person.equals(from)
                    ? MESSAGES.text("deed.givesBack", person, task)
                    : MESSAGES.text("deed.takesAway", person, task, from);
        }
        return person.equals(to)
                ? MESSAGES.text("deed.claims", person, task)
                : MESSAGES.text("deed.assigns", person, task, to);
    }

    private String task(String id) {
        HistoricTaskInstance task = id == null
                ? null
                : history.createHistoricTaskInstanceQuery().taskId(id).singleResult();
        return task == null ? MESSAGES.text("deed.procedure") : "\"" + task.getName() + "\"";
    }

    /** {@code ProcessInstance} becomes "process instance". */
    private static String words(String name) {
        return Objects.toString(name, "").replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
    }
}
