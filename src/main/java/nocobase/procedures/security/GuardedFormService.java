package nocobase.procedures.security;

import java.util.HashMap;
import java.util.Map;
import org.camunda.bpm.engine.impl.FormServiceImpl;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.camunda.bpm.engine.variable.VariableMap;

/** The form service as people get it: what they answer is checked against the form that asked. */
class GuardedFormService extends FormServiceImpl {

    @Override
    public ProcessInstance submitStartForm(String processDefinitionId, Map<String, Object> answers) {
        return submitStartForm(processDefinitionId, null, answers);
    }

    @Override
    public ProcessInstance submitStartForm(
            String processDefinitionId, String businessKey, Map<String, Object> answers) {
        return PersonalActions.run(
                commandExecutor,
                "start " + processDefinitionId,
                answers,
                (engine, person) -> StartRules.mayStart(
                        engine, StartRules.definition(engine, processDefinitionId, null), businessKey, answers),
                allowed -> super.submitStartForm(processDefinitionId, businessKey, allowed));
    }

    @Override
    public ProcessInstance submitStartFormData(String processDefinitionId, Map<String, String> answers) {
        return submitStartForm(processDefinitionId, null, new HashMap<>(answers));
    }

    @Override
    public ProcessInstance submitStartFormData(
            String processDefinitionId, String businessKey, Map<String, String> answers) {
        return submitStartForm(processDefinitionId, businessKey, new HashMap<>(answers));
    }

    @Override
    public void submitTaskFormData(String taskId, Map<String, String> answers) {
        submitTaskForm(taskId, new HashMap<>(answers));
    }

    @Override
    public void submitTaskForm(String taskId, Map<String, Object> answers) {
        PersonalActions.complete(commandExecutor, taskId, answers, allowed -> {
            super.submitTaskForm(taskId, allowed);
            return null;
        });
    }

    @Override
    public VariableMap submitTaskFormWithVariablesInReturn(
            String taskId, Map<String, Object> answers, boolean deserializeValues) {
        return PersonalActions.complete(
                commandExecutor,
                taskId,
                answers,
                allowed -> super.submitTaskFormWithVariablesInReturn(taskId, allowed, deserializeValues));
    }
}
