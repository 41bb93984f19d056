package nocobase.procedures.security;

import java.util.Collection;
import java.util.Map;
import nocobase.procedures.language.Messages;
import org.camunda.bpm.engine.impl.TaskServiceImpl;
import org.camunda.bpm.engine.impl.cmd.AssignTaskCmd;
import org.camunda.bpm.engine.task.Task;
import org.camunda.bpm.engine.variable.VariableMap;

/**
 * The task service as people get it, through Tasklist and REST: claim, give back, assign, complete, each checked. The other
 * ways to end or change a task (delegate, resolve, error, escalation, variables, links) would lead round the checks and are
 * closed to them. Delegates and listeners use it freely.
 */
class GuardedTaskService extends TaskServiceImpl {

    private static final Messages MESSAGES = Messages.of("security");
    private static final String ONLY_ITS_FORM = "task.onlyItsForm";
    private static final String ONLY_ITS_PROCEDURE = "task.onlyItsProcedure";

    @Override
    public void claim(String taskId, String userId) {
        if (userId == null) {
            setAssignee(taskId, null);
            return;
        }
        PersonalActions.run(
                commandExecutor,
                "claim task " + taskId,
                (engine, person) -> TaskRules.mayClaim(engine, taskId, userId, person),
                () -> super.claim(taskId, userId));
    }

    @Override
    public void setAssignee(String taskId, String userId) {
        if (userId == null) {
            giveBack(taskId);
            return;
        }
        PersonalActions.run(
                commandExecutor,
                "assign task " + taskId,
                (engine, person) -> TaskRules.mayAssign(engine, taskId, userId),
                () -> super.setAssignee(taskId, userId));
    }

    /** One's own task one may give back; somebody else's needs the right to assign. */
    private void giveBack(String taskId) {
        commandExecutor.execute(engine -> {
            String person = PersonalActions.actor(engine);
            if (person != null && TaskRules.isMine(engine, taskId, person)) {
                return engine.runWithoutAuthorization(new AssignTaskCmd(taskId, null));
            }
            super.setAssignee(taskId, null);
            return null;
        });
    }

    @Override
    public void complete(String taskId) {
        complete(taskId, null);
    }

    @Override
    public void complete(String taskId, Map<String, Object> variables) {
        PersonalActions.complete(commandExecutor, taskId, variables, allowed -> {
            super.complete(taskId, allowed);
            return null;
        });
    }

    @Override
    public VariableMap completeWithVariablesInReturn(
            String taskId, Map<String, Object> variables, boolean deserializeValues) {
        return PersonalActions.complete(
                commandExecutor,
                taskId,
                variables,
                allowed -> super.completeWithVariablesInReturn(taskId, allowed, deserializeValues));
    }

    @Override
    public void resolveTask(String taskId) {
        systemOnly("resolve", taskId, ONLY_ITS_FORM, () -> super.resolveTask(taskId));
    }

    @Override
    public void resolveTask(String taskId, Map<String, Object> variables) {
        systemOnly("resolve", taskId, ONLY_ITS_FORM, () -> super.resolveTask(taskId, variables));
    }

    @Override
    public void delegateTask(String taskId, String userId) {
        systemOnly("delegate", taskId, "task.noDelegation", () -> super.delegateTask(taskId, userId));
    }

    @Override
    public void handleBpmnError(String taskId, String code) {
        handleBpmnError(taskId, code, null, null);
    }

    @Override
    public void handleBpmnError(String taskId, String code, String message) {
        handleBpmnError(taskId, code, message, null);
    }

    @Override
    public void handleBpmnError(String taskId, String code, String message, Map<String, Object> variables) {
        systemOnly(
                "raise an error in",
                taskId,
                ONLY_ITS_FORM,
                () -> super.handleBpmnError(taskId, code, message, variables));
    }

    @Override
    public void handleEscalation(String taskId, String code) {
        handleEscalation(taskId, code, null);
    }

    @Override
    public void handleEscalation(String taskId, String code, Map<String, Object> variables) {
        systemOnly("escalate", taskId, ONLY_ITS_FORM, () -> super.handleEscalation(taskId, code, variables));
    }

    @Override
    public void saveTask(Task task) {
        systemOnly("change", task == null ? null : task.getId(), ONLY_ITS_PROCEDURE, () -> super.saveTask(task));
    }

    @Override
    public void setOwner(String taskId, String userId) {
        systemOnly("set the owner of", taskId, ONLY_ITS_PROCEDURE, () -> super.setOwner(taskId, userId));
    }

    @Override
    public void setName(String taskId, String name) {
        systemOnly("rename", taskId, ONLY_ITS_PROCEDURE, () -> super.setName(taskId, name));
    }

    @Override
    public void setDescription(String taskId, String description) {
        systemOnly("describe", taskId, ONLY_ITS_PROCEDURE, () -> super.setDescription(taskId, description));
    }

    @Override
    public void addCandidateUser(String taskId, String userId) {
        systemOnly("link a user to", taskId, ONLY_ITS_PROCEDURE, () -> super.addCandidateUser(taskId, userId));
    }

    @Override
    public void addCandidateGroup(String taskId, String groupId) {
        systemOnly("link a group to", taskId, ONLY_ITS_PROCEDURE, () -> super.addCandidateGroup(taskId, groupId));
    }

    @Override
    public void addUserIdentityLink(String taskId, String userId, String type) {
        systemOnly("link a user to", taskId, ONLY_ITS_PROCEDURE, () -> super.addUserIdentityLink(taskId, userId, type));
    }

    @Override
    public void addGroupIdentityLink(String taskId, String groupId, String type) {
        systemOnly(
                "link a group to", taskId, ONLY_ITS_PROCEDURE, () -> super.addGroupIdentityLink(taskId, groupId, type));
    }

    @Override
    public void deleteCandidateUser(String taskId, String userId) {
        systemOnly("unlink a user from", taskId, ONLY_ITS_PROCEDURE, () -> super.deleteCandidateUser(taskId, userId));
    }

    @Override
    public void deleteCandidateGroup(String taskId, String groupId) {
        systemOnly(
                "unlink a group from", taskId, ONLY_ITS_PROCEDURE, () -> super.deleteCandidateGroup(taskId, groupId));
    }

    @Override
    public void deleteUserIdentityLink(String taskId, String userId, String type) {
        systemOnly(
                "unlink a user from",
                taskId,
                ONLY_ITS_PROCEDURE,
                () -> super.deleteUserIdentityLink(taskId, userId, type));
    }

    @Override
    public void deleteGroupIdentityLink(String taskId, String groupId, String type) {
        systemOnly(
                "unlink a group from",
                taskId,
                ONLY_ITS_PROCEDURE,
                () -> super.deleteGroupIdentityLink(taskId, groupId, type));
    }

    @Override
    public void deleteTask(String taskId) {
        deleteTask(taskId, false);
    }

    @Override
    public void deleteTask(String taskId, boolean cascade) {
        systemOnly("delete", taskId, ONLY_ITS_FORM, () -> super.deleteTask(taskId, cascade));
    }

    @Override
    public void removeVariables(String taskId, Collection<String> names) {
        systemOnly("remove variables of", taskId, ONLY_ITS_FORM, () -> super.removeVariables(taskId, names));
    }

    @Override
    public void removeVariablesLocal(String taskId, Collection<String> names) {
        systemOnly("remove variables of", taskId, ONLY_ITS_FORM, () -> super.removeVariablesLocal(taskId, names));
    }

    @Override
    public void removeVariable(String taskId, String name) {
        systemOnly("remove variables of", taskId, ONLY_ITS_FORM, () -> super.removeVariable(taskId, name));
    }

    @Override
    public void removeVariableLocal(String taskId, String name) {
        systemOnly("remove variables of", taskId, ONLY_ITS_FORM, () -> super.removeVariableLocal(taskId, name));
    }

    @Override
    protected void setVariables(String taskId, Map<String, ? extends Object> variables, boolean local) {
        systemOnly("set variables of", taskId, ONLY_ITS_FORM, () -> super.setVariables(taskId, variables, local));
    }

    @Override
    protected void updateVariables(
            String taskId, Map<String, ? extends Object> modifications, Collection<String> deletions, boolean local) {
        systemOnly(
                "set variables of",
                taskId,
                ONLY_ITS_FORM,
                () -> super.updateVariables(taskId, modifications, deletions, local));
    }

    private void systemOnly(String verb, String taskId, String why, Runnable effect) {
        PersonalActions.run(
                commandExecutor,
                verb + " task " + taskId,
                (engine, person) -> {
                    throw Refusal.notAllowed(MESSAGES.text(why));
                },
                effect);
    }
}
