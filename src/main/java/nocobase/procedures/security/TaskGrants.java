package nocobase.procedures.security;

import org.camunda.bpm.engine.impl.cfg.auth.DefaultAuthorizationProvider;
import org.camunda.bpm.engine.impl.persistence.entity.AuthorizationEntity;
import org.camunda.bpm.engine.task.Task;

/**
 * The rights on a single task: those of its candidates, and nothing for its assignee. Camunda would grant him the task in
 * his own name, and leave him that right when the task is taken from him, or his group.
 */
class TaskGrants extends DefaultAuthorizationProvider {

    @Override
    public AuthorizationEntity[] newTaskAssignee(Task task, String before, String assignee) {
        return new AuthorizationEntity[0];
    }
}
