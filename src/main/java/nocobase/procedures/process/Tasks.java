package nocobase.procedures.process;

import java.util.Locale;
import org.camunda.bpm.engine.delegate.DelegateTask;

/** What the ids of user tasks tell. */
final class Tasks {

    private Tasks() {}

    /** The form of a task bears the task's name: {@code userTask_reviewPlan} has the form {@code review-plan}. */
    static String formOf(DelegateTask task) {
        return task.getTaskDefinitionKey()
                .replaceFirst("^userTask_", "")
                .replaceAll("([A-Z])", "-$1")
                .toLowerCase(Locale.ROOT);
    }
}
