package nocobase.procedures.security;

import java.util.Map;
import org.camunda.bpm.engine.impl.ProcessInstanceModificationBuilderImpl;
import org.camunda.bpm.engine.impl.ProcessInstantiationBuilderImpl;
import org.camunda.bpm.engine.impl.RuntimeServiceImpl;
import org.camunda.bpm.engine.impl.interceptor.CommandExecutor;
import org.camunda.bpm.engine.runtime.ProcessInstanceWithVariables;
import org.camunda.bpm.engine.runtime.ProcessInstantiationBuilder;
import org.camunda.bpm.engine.runtime.RestartProcessInstanceBuilder;

/** The runtime service as people get it: a start is checked like a submitted start form. */
class GuardedRuntimeService extends RuntimeServiceImpl {

    @Override
    public ProcessInstantiationBuilder createProcessInstanceById(String id) {
        return new CheckedStart(commandExecutor, id, null);
    }

    @Override
    public ProcessInstantiationBuilder createProcessInstanceByKey(String key) {
        return new CheckedStart(commandExecutor, null, key);
    }

    @Override
    public RestartProcessInstanceBuilder restartProcessInstances(String processDefinitionId) {
        PersonalActions.run(
                commandExecutor,
                "restart " + processDefinitionId,
                (engine, person) -> {
                    throw StartRules.fromTheBeginning();
                },
                () -> {});
        return super.restartProcessInstances(processDefinitionId);
    }

    /** One start, checked when it is executed. */
    private static final class CheckedStart extends ProcessInstantiationBuilderImpl {

        CheckedStart(CommandExecutor executor, String id, String key) {
            super(executor);
            processDefinitionId = id;
            processDefinitionKey = key;
        }

        @Override
        public ProcessInstanceWithVariables executeWithVariablesInReturn(
                boolean skipCustomListeners, boolean skipIoMappings) {
            return PersonalActions.run(
                    commandExecutor,
                    "start " + (processDefinitionId == null ? processDefinitionKey : processDefinitionId),
                    getVariables(),
                    (engine, person) -> {
                        boolean shortcut = skipCustomListeners
                                || skipIoMappings
                                || getCaseInstanceId() != null
                                || !modificationBuilder
                                        .getModificationOperations()
                                        .isEmpty();
                        if (shortcut) {
                            throw StartRules.fromTheBeginning();
                        }
                        return StartRules.mayStart(
                                engine,
                                StartRules.definition(engine, processDefinitionId, processDefinitionKey),
                                getBusinessKey(),
                                getVariables());
                    },
                    allowed -> {
                        replaceVariables(allowed);
                        return super.executeWithVariablesInReturn(skipCustomListeners, skipIoMappings);
                    });
        }

        private void replaceVariables(Map<String, Object> allowed) {
            if (allowed != getVariables()) {
                ProcessInstanceModificationBuilderImpl clean = new ProcessInstanceModificationBuilderImpl();
                setModificationBuilder(clean);
                setVariables(allowed);
            }
        }
    }
}
