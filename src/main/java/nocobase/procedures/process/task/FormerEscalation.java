package nocobase.procedures.process.task;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.stereotype.Component;

/**
 * What timers of models before version 0.2.0 call when a decision or a verification waits too long. Procedures that were started
 * with such a model still do; {@link Reminders} escalates their tasks as all others.
 */
@Component("escalateToManagersDelegate")
class FormerEscalation implements JavaDelegate {

    @Override
    public void execute(DelegateExecution execution) {
        // The managers are asked elsewhere.
    }
}
