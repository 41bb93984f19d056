package nocobase.procedures.process.status;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nocobase.procedures.audit.Notification;
import nocobase.procedures.audit.Notification.Event;
import nocobase.procedures.audit.Notifications;
import nocobase.procedures.language.Messages;
import nocobase.procedures.process.ElementIds;
import nocobase.procedures.process.Variables;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.camunda.bpm.engine.task.IdentityLink;
import org.camunda.bpm.engine.task.Task;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Tells people what a procedure came to, once that is committed. */
@Component
public class Announcements {

    private static final Messages MESSAGES = Messages.of("process");
    /** Tasks that come of something that went wrong. */
    private static final Set<String> FAILURES = Set.of(
            ElementIds.DECIDE_HOW_TO_GO_ON,
            ElementIds.MEND_TECHNICAL_INCIDENT,
            ElementIds.LOOK_AFTER_CLUSTER,
            ElementIds.DECIDE_WHETHER_ENGINE_GOES_ON);

    private final Notifications notifications;

    Announcements(Notifications notifications) {
        this.notifications = notifications;
    }

    public void ofTask(DelegateTask task) {
        Event event = FAILURES.contains(task.getTaskDefinitionKey()) ? Event.FAILURE : Event.TASK;
        List<String> groups = new ArrayList<>();
        for (IdentityLink candidate : task.getCandidates()) {
            if (candidate.getGroupId() != null) {
                groups.add(candidate.getGroupId());
            }
        }
        Map<String, String> values = values(
                text(task.getVariable(Variables.CLUSTER)),
                text(task.getVariable("operation")),
                task.getName(),
                "/camunda/app/tasklist/default/#/?task=" + task.getId());
        String since = text(task.getVariable("downSinceShown"));
        values.put("details", since.isEmpty() ? "" : MESSAGES.text("news.downSince", since));
        whenCommitted(new Notification(event, groups, values));
    }

    /** @param group that is reminded, or asked in its stead */
    public void ofSilence(Event event, String group, OpenTask task, String operation) {
        notifications.send(new Notification(
                event,
                List.of(group),
                values(task.cluster(), operation, task.name(), "/camunda/app/tasklist/default/#/?task=" + task.id())));
    }

    public void ofEnd(String cluster, String operation, String outcome, String details) {
        Map<String, String> values = values(cluster, operation, outcome, "/evidence/" + operation);
        values.put("details", details);
        notifications.send(new Notification(Event.END, List.of("ops", "managers"), values));
    }

    void ofBreak(String cluster, String operation, String matter, String details) {
        Map<String, String> values = values(cluster, operation, matter, "/status");
        values.put("details", details);
        whenCommitted(new Notification(Event.BREAK_GLASS, List.of("ops", "managers", "admins"), values));
    }

    /** @param colleague who had claimed it, and hears of it */
    public void ofTakeOver(String cluster, String operation, Task task, String colleague, String details) {
        Map<String, String> values =
                values(cluster, operation, task.getName(), "/camunda/app/tasklist/default/#/?task=" + task.getId());
        values.put("details", details);
        whenCommitted(new Notification(Event.TAKE_OVER, List.of(), List.of(colleague), values));
    }

    private void whenCommitted(Notification notification) {
        if (!TransactionSynchronizationManager.isSynchronizationActive()) {
            notifications.send(notification);
            return;
        }
        // Also around several commands of the engine: what one of them came to may still be undone by the next.
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                notifications.send(notification);
            }
        });
    }

    private static Map<String, String> values(String cluster, String operation, String matter, String path) {
        Map<String, String> values = new HashMap<>();
        values.put("cluster", cluster);
        values.put("operation", operation);
        values.put("matter", matter);
        values.put("path", path);
        return values;
    }

    private static String text(Object value) {
        return value == null ? "" : value.toString();
    }
}
