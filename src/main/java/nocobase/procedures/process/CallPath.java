package nocobase.procedures.process;

import java.util.ArrayList;
import java.util.List;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.camunda.bpm.engine.impl.persistence.entity.ExecutionEntity;
import org.camunda.bpm.engine.impl.persistence.entity.ProcessDefinitionEntity;

/**
 * Which models called the one that a task stands in: what an answer leads to depends on it.
 *
 * @param keys process ids, from the caller out to the procedure itself; empty in a procedure itself
 * @param names what people call them, in the same order
 */
public record CallPath(List<String> keys, List<String> names) {

    public static CallPath of(DelegateTask task) {
        List<String> keys = new ArrayList<>();
        List<String> names = new ArrayList<>();
        ExecutionEntity instance = ((ExecutionEntity) task.getExecution()).getProcessInstance();
        for (ExecutionEntity caller = instance.getSuperExecution();
                caller != null;
                caller = caller.getProcessInstance().getSuperExecution()) {
            ProcessDefinitionEntity model = caller.getProcessDefinition();
            keys.add(model.getKey());
            names.add(model.getName() == null ? model.getKey() : model.getName());
        }
        return new CallPath(List.copyOf(keys), List.copyOf(names));
    }

    /** Process id of the caller, or empty. */
    public String caller() {
        return keys.isEmpty() ? "" : keys.get(0);
    }

    public boolean within(String key) {
        return keys.contains(key);
    }
}
