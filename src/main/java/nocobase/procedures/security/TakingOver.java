package nocobase.procedures.security;

import java.util.Optional;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.cmd.AssignTaskCmd;
import org.camunda.bpm.engine.impl.interceptor.CommandExecutor;
import org.springframework.stereotype.Component;

/**
 * A task that a colleague has claimed becomes one's own: his laptop may be dead. Only for whom he might have given it back
 * to, members of the task's groups, and never where four eyes would break.
 */
@Component
public class TakingOver {

    private final CommandExecutor executor;

    TakingOver(ProcessEngine engine) {
        this.executor = ((ProcessEngineConfigurationImpl) engine.getProcessEngineConfiguration())
                .getCommandExecutorTxRequired();
    }

    /**
     * @return from whom it was taken
     * @throws org.camunda.bpm.engine.ProcessEngineException with a refusal
     */
    public String take(String task, String person) {
        return executor.execute(engine -> {
            String colleague = TaskRules.mayTakeOver(engine, task, person);
            // The system gives it to him, once that was checked; the right to assign is a manager's.
            engine.runWithoutAuthorization(new AssignTaskCmd(task, person));
            return colleague;
        });
    }

    /** From whom this person may take it now; empty where there is nothing to take over, or not for him. */
    public Optional<String> from(String task, String person) {
        return executor.execute(engine -> {
            try {
                return Optional.of(TaskRules.mayTakeOver(engine, task, person));
            } catch (Refusal e) {
                return Optional.<String>empty();
            }
        });
    }
}
