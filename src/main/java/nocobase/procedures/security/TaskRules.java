package nocobase.procedures.security;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.camunda.bpm.engine.identity.Group;
import org.camunda.bpm.engine.impl.interceptor.CommandContext;
import org.camunda.bpm.engine.impl.persistence.entity.TaskEntity;
import org.camunda.bpm.engine.task.IdentityLink;

/**
 * Who may do what with a task.
 *
 * <p>Four eyes: where a variable {@code notBy} is visible to a task (an input parameter of the user task), the people that
 * it names (user ids, comma-separated) can neither claim it, nor be assigned it, nor complete it, whatever their groups.
 */
final class TaskRules {

    private static final String NOT_BY = "notBy";

    private TaskRules() {}

    static void mayClaim(CommandContext engine, String taskId, String claimer, String person) {
        TaskEntity task = workable(engine, taskId);
        if (!person.equals(claimer)) {
            throw Refusal.notAllowed(
                    "A task is claimed for oneself. A manager may assign " + named(task) + " to somebody else.");
        }
        fourEyes(task, person);
        if (task.getAssignee() != null && !task.getAssignee().equals(person)) {
            throw Refusal.tooLate("\"" + task.getAssignee() + "\" has claimed " + named(task) + " already.");
        }
    }

    static void mayAssign(CommandContext engine, String taskId, String assignee) {
        TaskEntity task = open(engine, taskId);
        engine.getProcessEngineConfiguration().getCommandCheckers().forEach(checker -> checker.checkTaskAssign(task));
        fourEyes(task, assignee);
        if (!isCandidate(engine, task, assignee)) {
            throw Refusal.notAllowed("\"" + assignee + "\" may not work on " + named(task) + ": it is for members of "
                    + candidateGroups(task) + ".");
        }
    }

    /** @return the answers that may be stored */
    static Map<String, Object> mayComplete(
            CommandContext engine, String taskId, Map<String, Object> answers, String person) {
        TaskEntity task = workable(engine, taskId);
        fourEyes(task, person);
        if (task.getAssignee() == null) {
            throw Refusal.notAllowed("Nobody has claimed " + named(task) + ". Claim it first.");
        }
        if (!task.getAssignee().equals(person)) {
            throw Refusal.notAllowed("\"" + task.getAssignee() + "\" has claimed " + named(task)
                    + " and completes it. Ask for it to be given back, or a manager to assign it to you.");
        }
        return Forms.ofTask(engine, taskId).accept(answers, task::getVariables);
    }

    static boolean isMine(CommandContext engine, String taskId, String person) {
        return person.equals(open(engine, taskId).getAssignee());
    }

    private static TaskEntity workable(CommandContext engine, String taskId) {
        TaskEntity task = open(engine, taskId);
        engine.getProcessEngineConfiguration().getCommandCheckers().forEach(checker -> checker.checkTaskWork(task));
        return task;
    }

    private static TaskEntity open(CommandContext engine, String taskId) {
        TaskEntity task = taskId == null ? null : engine.getTaskManager().findTaskById(taskId);
        if (task == null) {
            throw Refusal.tooLate("This task is not open any more: somebody has completed it, or its procedure has"
                    + " ended. Refresh the list.");
        }
        return task;
    }

    private static void fourEyes(TaskEntity task, String person) {
        if (!task.hasVariable(NOT_BY)) {
            return;
        }
        Object names = task.getVariable(NOT_BY);
        if (!(names instanceof String text) || text.isBlank()) {
            throw Refusal.notAllowed("It is not known who may not decide on " + named(task)
                    + ", so nobody may. Tell whoever maintains the procedures.");
        }
        if (Set.of(text.strip().split("\\s*,\\s*")).contains(person)) {
            throw Refusal.notAllowed("\"" + person + "\" asked for what " + named(task)
                    + " decides on. Somebody else must decide it (four eyes).");
        }
    }

    private static boolean isCandidate(CommandContext engine, TaskEntity task, String user) {
        List<String> groups =
                engine.runWithoutAuthorization(() -> engine
                        .getProcessEngineConfiguration()
                        .getIdentityService()
                        .createGroupQuery()
                        .groupMember(user)
                        .list()
                        .stream()
                        .map(Group::getId)
                        .toList());
        return task.getCandidates().stream()
                .anyMatch(link -> user.equals(link.getUserId()) || groups.contains(link.getGroupId()));
    }

    private static String candidateGroups(TaskEntity task) {
        return task.getCandidates().stream()
                .map(IdentityLink::getGroupId)
                .filter(group -> group != null)
                .collect(Collectors.joining(", "));
    }

    private static String named(TaskEntity task) {
        return "\"" + task.getName() + "\"";
    }
}
