package nocobase.procedures.process.engine;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import nocobase.procedures.audit.Decision;
import nocobase.procedures.audit.Decisions;
import nocobase.procedures.audit.Downtime;
import nocobase.procedures.audit.Downtimes;
import nocobase.procedures.audit.Evidence;
import nocobase.procedures.audit.Inventory.When;
import nocobase.procedures.language.Messages;
import nocobase.procedures.process.AsSystem;
import nocobase.procedures.process.Json;
import nocobase.procedures.process.Variables;
import nocobase.procedures.process.claim.AbandonedClusters;
import nocobase.procedures.process.claim.Claims;
import nocobase.procedures.process.status.Announcements;
import nocobase.procedures.process.step.InventoryTaking;
import org.camunda.bpm.engine.ProcessEngineServices;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.ExecutionListener;
import org.camunda.bpm.engine.impl.cfg.TransactionState;
import org.camunda.bpm.engine.impl.context.Context;
import org.camunda.bpm.engine.impl.identity.Authentication;
import org.camunda.bpm.engine.impl.persistence.entity.ExecutionEntity;
import org.springframework.stereotype.Component;

/**
 * Releases the claim at every end of a procedure, also when its instance is deleted, and keeps its evidence. Of a deletion,
 * and of an end with clients behind the maintenance page, operators are told: the cluster stands where it stood.
 */
@Component
class ProcedureEndListener implements ExecutionListener {

    private static final Messages MESSAGES = Messages.of("process");
    private final Claims claims;
    private final Evidence evidence;
    private final AbandonedClusters abandoned;
    private final InventoryTaking stock;
    private final Announcements news;
    private final Decisions decisions;
    private final Downtimes downtimes;
    private final Clock clock;

    ProcedureEndListener(
            Claims claims,
            Evidence evidence,
            Decisions decisions,
            Downtimes downtimes,
            AbandonedClusters abandoned,
            InventoryTaking stock,
            Announcements news,
            Clock clock) {
        this.decisions = decisions;
        this.downtimes = downtimes;
        this.clock = clock;
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
        Downtime.Left left = left(execution, cutOff);
        if (held) {
            AsSystem.run(execution.getProcessEngineServices(), () -> leave(execution, left, cutOff));
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

    /** However it ends: a cluster whose clients have no service is nobody's unless somebody is asked. */
    private void leave(ExecutionEntity execution, Downtime.Left left, boolean cutOff) {
        String cluster = (String) execution.getVariable(Variables.CLUSTER);
        Optional<Downtime> lasting = downtimes.leave(cluster, left);
        if (cutOff || lasting.isPresent()) {
            abandoned.report(
                    cluster,
                    lasting.map(Downtime::left).filter(first -> !cutOff).orElse(left));
        }
    }

    /** Who had it deleted, or who decided what led to its end. */
    private Downtime.Left left(ExecutionEntity execution, boolean cutOff) {
        String operation = execution.getProcessBusinessKey();
        Optional<Decision> last = cutOff ? Optional.empty() : decisions.last(operation);
        Authentication deleter =
                execution.getProcessEngineServices().getIdentityService().getCurrentAuthentication();
        String deleted = execution.getDeleteReason();
        return new Downtime.Left(
                operation,
                execution.getProcessDefinition().getName(),
                clock.instant(),
                cutOff ? person(deleter) : last.map(Decision::person).orElse(null),
                cutOff ? null : execution.getCurrentActivityName(),
                cutOff
                        ? (deleted == null ? "" : deleted)
                        : last.map(ProcedureEndListener::comment).orElse(""));
    }

    private static String person(Authentication authentication) {
        return authentication == null ? null : authentication.getUserId();
    }

    private static String comment(Decision decision) {
        for (Map.Entry<String, JsonNode> field : Json.read(decision.fields()).properties()) {
            if (field.getKey().endsWith("omment")) {
                return field.getValue().asText("");
            }
        }
        return "";
    }
}
