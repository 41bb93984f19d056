package nocobase.procedures.security;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import nocobase.procedures.language.Messages;
import org.camunda.bpm.engine.identity.Group;
import org.camunda.bpm.engine.impl.interceptor.CommandContext;
import org.camunda.bpm.engine.impl.persistence.entity.TaskEntity;
import org.camunda.bpm.engine.task.IdentityLink;
import org.camunda.bpm.engine.variable.VariableMap;

/**
 * Who may do what with a task. Each time it is asked who belongs to its groups now: whoever has left them since he claimed
 * it does not complete it either.
 *
 * <p>Four eyes: where a variable {@code notBy} is visible to a task (an input parameter of the user task), the people that
 * it names (user ids, comma-separated) can neither claim it, nor be assigned it, nor complete it, whatever their groups.
 */
final class TaskRules {

    private static final Messages MESSAGES = Messages.of("security");
    private static final String NOT_BY = "notBy";

    private TaskRules() {}

    static void mayClaim(CommandContext engine, String taskId, String claimer, String person) {
        TaskEntity task = workable(engine, taskId);
        if (!person.equals(claimer)) {
            throw Refusal.notAllowed(MESSAGES.text("task.claimForOneself", task.getName()));
        }
        fourEyes(task, person);
        requireCandidate(engine, task, person);
        if (task.getAssignee() != null && !task.getAssignee().equals(person)) {
            throw Refusal.tooLate(MESSAGES.text("task.claimedAlready", task.getAssignee(), task.getName()));
        }
    }

    static void mayAssign(CommandContext engine, String taskId, String assignee) {
        TaskEntity task = open(engine, taskId);
        engine.getProcessEngineConfiguration().getCommandCheckers().forEach(checker -> checker.checkTaskAssign(task));
        fourEyes(task, assignee);
        requireCandidate(engine, task, assignee);
    }

    /** @return the answers that may be stored */
    static Map<String, Object> mayComplete(
            CommandContext engine, String taskId, Map<String, Object> answers, String person) {
        TaskEntity task = workable(engine, taskId);
        fourEyes(task, person);
        requireCandidate(engine, task, person);
        if (task.getAssignee() == null) {
            throw Refusal.notAllowed(MESSAGES.text("task.unclaimed", task.getName()));
        }
        if (!task.getAssignee().equals(person)) {
            throw Refusal.notAllowed(MESSAGES.text("task.claimedByOther", task.getAssignee(), task.getName()));
        }
        Form form = Forms.ofTask(engine, taskId);
        // What the form suggested and nobody sent is no answer.
        VariableMap given = form.unanswered();
        given.putAll(form.accept(answers, task::getVariables));
        return given;
    }

    /** @return who has claimed it */
    static String mayTakeOver(CommandContext engine, String taskId, String person) {
        TaskEntity task = open(engine, taskId);
        fourEyes(task, person);
        requireCandidate(engine, task, person);
        if (task.getAssignee() == null) {
            throw Refusal.tooLate(MESSAGES.text("task.unclaimed", task.getName()));
        }
        if (task.getAssignee().equals(person)) {
            throw Refusal.tooLate(MESSAGES.text("task.yours", task.getName()));
        }
        return task.getAssignee();
    }

    static boolean isMine(CommandContext engine, String taskId, String person) {
        return person.equals(open(engine, taskId).getAssignee());
    }

    private static TaskEntity workable(CommandContext engine, String taskId) {
        TaskEntity task = open(engine, taskId);
        engine.getProcessEngineConfiguration().getCommandCheckers().forEach(checker -> checker.checkTaskWork(task));
        if (task.isSuspended()) {
            throw Refusal.tooLate(MESSAGES.text("task.resting", task.getName()));
        }
        return task;
    }

    private static TaskEntity open(CommandContext engine, String taskId) {
        TaskEntity task = taskId == null ? null : engine.getTaskManager().findTaskById(taskId);
        if (task == null) {
            throw Refusal.tooLate(MESSAGES.text("task.notOpen"));
        }
        return task;
    }

    private static void fourEyes(TaskEntity task, String person) {
        if (!task.hasVariable(NOT_BY)) {
            return;
        }
        Object names = task.getVariable(NOT_BY);
        if (!(names instanceof String text) || text.isBlank()) {
            throw Refusal.notAllowed(MESSAGES.text("task.requesterUnknown", task.getName()));
        }
        if (Set.of(text.strip().split("\\s*,\\s*")).contains(person)) {
            throw Refusal.notAllowed(MESSAGES.text("task.fourEyes", person, task.getName()));
        }
    }

    private static void requireCandidate(CommandContext engine, TaskEntity task, String person) {
        if (!isCandidate(engine, task, person)) {
            throw Refusal.notAllowed(
                    MESSAGES.text("task.notACandidate", person, task.getName(), candidateGroups(task)));
        }
    }

    private static boolean isCandidate(CommandContext engine, TaskEntity task, String user) {
        List<String> groups = groups(engine, user);
        return task.getCandidates().stream()
                .anyMatch(link -> groups.contains(link.getGroupId())
                        // Break-glass opens a task to an operator, as long as he is one.
                        || (user.equals(link.getUserId()) && groups.contains(Role.OPS.group())));
    }

    /** As they are in the database at this moment, whatever a session believes. */
    private static List<String> groups(CommandContext engine, String user) {
        return engine.runWithoutAuthorization(
                () -> engine
                        .getProcessEngineConfiguration()
                        .getIdentityService()
                        .createGroupQuery()
                        .groupMember(user)
                        .list()
                        .stream()
                        .map(Group::getId)
                        .toList());
    }

    private static String candidateGroups(TaskEntity task) {
        return task.getCandidates().stream()
                .map(IdentityLink::getGroupId)
                .filter(group -> group != null)
                .collect(Collectors.joining(", "));
    }
}
