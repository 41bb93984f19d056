package nocobase.procedures.process.engine;

import nocobase.procedures.process.Admission;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.ExecutionListener;
import org.springframework.stereotype.Component;

/** Lets no step begin that may not touch its cluster. */
@Component
class AdmittedStepListener implements ExecutionListener {

    private final Admission admission;

    AdmittedStepListener(Admission admission) {
        this.admission = admission;
    }

    @Override
    public void notify(DelegateExecution execution) {
        String operation = execution.getProcessBusinessKey();
        if (operation != null && !admission.admits(operation)) {
            throw new RestingException(operation);
        }
    }
}
