package nocobase.procedures.process;

import nocobase.procedures.audit.Evidence;
import nocobase.procedures.audit.Inventory.When;
import nocobase.procedures.language.Messages;
import org.camunda.bpm.engine.ProcessEngineServices;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.ExecutionListener;
import org.camunda.bpm.engine.impl.cfg.TransactionState;
import org.camunda.bpm.engine.impl.context.Context;
import org.camunda.bpm.engine.impl.persistence.entity.ExecutionEntity;
import org.springframework.stereotype.Component;

/** Releases the claim at every end of a procedure, also when its instance is deleted, and keeps its evidence.
 * Of a deletion operators are told: the cluster stands where it stood. */
@Component
class ProcedureEndListener implements ExecutionListener {

    private static final Messages MESSAGES = Messages.of("process");
    private final Claims claims;
    private final Evidence evidence;
    private final AbandonedClusters abandoned;
    private final StockTaking stock;
    private final News news;

    ProcedureEndListener(Claims claims, Evidence evidence, AbandonedClusters abandoned, StockTaking stock, News news) {
        this.stock = stock;
        this.claims = claims;
        this.evidence = evidence;
        this.abandoned = abandoned;
        this.news = news;
    }

    @Override
    public void notify(DelegateExecution delegate) {
        ExecutionEntity execution = (ExecutionEntity) delegate;
        boolean held = claims.release(execution.getProcessInstanceId());
        String operation = execution.getProcessBusinessKey();
        boolean cutOff = cutOff(execution);
        if (cutOff && held) {
            AsSystem.run(execution.getProcessEngineServices(), () -> leftBehind(execution));
        }
        String cluster = String.valueOf(execution.getVariable(Variables.CLUSTER));
        String deleted = execution.getDeleteReason();
        String outcome = cutOff ? MESSAGES.text("end.byHand") : execution.getCurrentActivityName();
        String why = deleted == null ? "" : deleted;
        Object point = execution.getVariable(Variables.RESTORE_POINT);
        ProcessEngineServices engine = execution.getProcessEngineServices();
        // After the commit: only then does the history know the end.
        Context.getCommandContext()
                .getTransactionContext()
                .addTransactionListener(TransactionState.COMMITTED, context -> {
                    AsSystem.run(engine, () -> {
                        stock.take(cluster, operation, When.AFTER, point == null ? null : point.toString());
                        evidence.keep(operation);
                    });
                    news.ofEnd(cluster, operation, outcome, why);
                });
    }

    /** A deletion without a reason, as by a plain REST call, is one all the same. */
    private static boolean cutOff(ExecutionEntity execution) {
        return execution.isDeleteRoot() || execution.getDeleteReason() != null;
    }

    private void leftBehind(ExecutionEntity execution) {
        Object downSince =
                execution.getVariable(Variables.SERVED) == null ? execution.getVariable(Variables.DOWN_SINCE) : null;
        abandoned.report(
                (String) execution.getVariable(Variables.CLUSTER),
                execution.getProcessBusinessKey(),
                execution.getProcessDefinition().getName(),
                execution.getDeleteReason(),
                downSince == null ? null : downSince.toString());
    }
}
