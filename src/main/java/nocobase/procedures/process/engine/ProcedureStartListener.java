package nocobase.procedures.process.engine;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import nocobase.procedures.audit.Decision;
import nocobase.procedures.audit.Decisions;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Policy;
import nocobase.procedures.cluster.Traffic;
import nocobase.procedures.language.Messages;
import nocobase.procedures.process.AsSystem;
import nocobase.procedures.process.Json;
import nocobase.procedures.process.MaintenanceWindow;
import nocobase.procedures.process.StartRequest;
import nocobase.procedures.process.Variables;
import nocobase.procedures.process.claim.AbandonedClusters;
import nocobase.procedures.process.claim.Claim;
import nocobase.procedures.process.claim.Claims;
import nocobase.procedures.process.claim.Fences;
import nocobase.procedures.security.Forms;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.ExecutionListener;
import org.camunda.bpm.engine.impl.identity.Authentication;
import org.camunda.bpm.engine.impl.persistence.entity.ExecutionEntity;
import org.springframework.stereotype.Component;

/**
 * Begins every procedure in the caller's transaction: checks the request, claims the cluster, sets the business key. A refused
 * start leaves nothing behind.
 */
@Component
class ProcedureStartListener implements ExecutionListener {

    private static final Messages MESSAGES = Messages.of("process");

    private final Clusters clusters;
    private final Claims claims;
    private final AbandonedClusters abandoned;
    private final Fences fences;
    private final Decisions decisions;
    private final Clock clock;

    ProcedureStartListener(
            Clusters clusters,
            Claims claims,
            AbandonedClusters abandoned,
            Fences fences,
            Decisions decisions,
            Clock clock) {
        this.decisions = decisions;
        this.clusters = clusters;
        this.claims = claims;
        this.abandoned = abandoned;
        this.fences = fences;
        this.clock = clock;
    }

    @Override
    public void notify(DelegateExecution execution) {
        String procedure = ((ExecutionEntity) execution).getProcessDefinition().getKey();
        StartRequest request = StartRequest.read(execution, procedure, clusters, clock);
        String starter = starter(execution);
        AsSystem.run(execution.getProcessEngineServices(), () -> begin(execution, request, starter));
    }

    private void begin(DelegateExecution execution, StartRequest request, String starter) {
        Map<String, String> asked = asked(execution);
        OperationId operation = OperationId.next(request.cluster().name());
        execution.setProcessBusinessKey(operation.value());
        execution.setVariable(Variables.PROCEDURE, request.procedure());
        execution.setVariable(Variables.STARTER, starter);
        execution.setVariable(Variables.REASON, request.reason());
        execution.setVariable("windowGiven", request.window() != null);
        MaintenanceWindow window = request.window();
        if (window == null) {
            fences.requireNoOther(request.cluster());
        }
        execution.setVariable(Variables.WINDOW, window == null ? null : window.kept(window.begins()));
        execution.setVariable(Variables.WINDOW_END, window == null ? null : window.kept(window.ends()));
        execution.setVariable(
                Variables.APPROVAL_NEEDED, request.cluster().settings().policy(request.procedure()) == Policy.APPROVAL);
        execution.setVariable(
                Variables.TRAFFIC_AFTER_FIRST_NODE, request.cluster().settings().traffic() == Traffic.AFTER_FIRST_NODE);
        // Known but empty: the models' questions read it.
        execution.setVariable(Variables.RESTORE_POINT, null);
        if (execution.getVariable("restorePointFirst") == null) {
            // Whoever says nothing gets one.
            execution.setVariable("restorePointFirst", true);
        }
        take(
                new Claim(
                        request.cluster().name(),
                        operation.value(),
                        request.procedure(),
                        starter,
                        clock.instant(),
                        request.reason(),
                        execution.getProcessInstanceId()),
                window != null);
        decisions.record(new Decision(
                operation.value(),
                "start",
                MESSAGES.text(
                        "start.decision",
                        ((ExecutionEntity) execution).getProcessDefinition().getName()),
                starter,
                clock.instant(),
                Json.of(asked).getValueSerialized(),
                Json.of(Forms.wordedStart(execution.getProcessDefinitionId(), execution::getVariables))
                        .getValueSerialized()));
    }

    /** A start far ahead holds nobody up: the cluster is taken when the window opens. */
    private void take(Claim claim, boolean later) {
        if (later) {
            claims.plan(claim);
        } else {
            claims.take(claim);
            abandoned.close(claim.cluster(), MESSAGES.text("abandoned.taken", claim.operation()));
        }
    }

    /** What the start form was answered with. */
    private static Map<String, String> asked(DelegateExecution execution) {
        Map<String, String> answers = new LinkedHashMap<>();
        for (String field : Forms.startQuestions(execution.getProcessDefinitionId())) {
            Object value = execution.getVariable(field);
            if (value != null) {
                answers.put(field, value.toString());
            }
        }
        return answers;
    }

    private static String starter(DelegateExecution execution) {
        Authentication person =
                execution.getProcessEngineServices().getIdentityService().getCurrentAuthentication();
        return person == null || person.getUserId() == null ? "system" : person.getUserId();
    }
}
