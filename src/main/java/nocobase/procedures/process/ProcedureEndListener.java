package nocobase.procedures.process;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.ExecutionListener;
import org.springframework.stereotype.Component;

/** Releases the claim at every end of a procedure, also when its instance is deleted. */
@Component
class ProcedureEndListener implements ExecutionListener {

    private final Claims claims;

    ProcedureEndListener(Claims claims) {
        this.claims = claims;
    }

    @Override
    public void notify(DelegateExecution execution) {
        claims.release(execution.getProcessInstanceId());
    }
}
