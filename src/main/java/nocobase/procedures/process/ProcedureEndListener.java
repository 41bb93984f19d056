package nocobase.procedures.process;

import nocobase.procedures.audit.Evidence;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.ExecutionListener;
import org.camunda.bpm.engine.impl.cfg.TransactionState;
import org.camunda.bpm.engine.impl.context.Context;
import org.springframework.stereotype.Component;

/** Releases the claim at every end of a procedure, also when its instance is deleted, and keeps its evidence. */
@Component
class ProcedureEndListener implements ExecutionListener {

    private final Claims claims;
    private final Evidence evidence;

    ProcedureEndListener(Claims claims, Evidence evidence) {
        this.claims = claims;
        this.evidence = evidence;
    }

    @Override
    public void notify(DelegateExecution execution) {
        claims.release(execution.getProcessInstanceId());
        String operation = execution.getProcessBusinessKey();
        // After the commit: only then does the history know the end.
        Context.getCommandContext()
                .getTransactionContext()
                .addTransactionListener(TransactionState.COMMITTED, context -> evidence.keep(operation));
    }
}
