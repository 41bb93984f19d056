package nocobase.procedures.process.task;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import nocobase.procedures.audit.Decision;
import nocobase.procedures.audit.Decisions;
import nocobase.procedures.language.Messages;
import nocobase.procedures.process.AsSystem;
import nocobase.procedures.process.MaintenanceWindow;
import nocobase.procedures.process.PlanWarnings;
import nocobase.procedures.process.Variables;
import nocobase.procedures.process.WorkRequest;
import nocobase.procedures.process.claim.Claims;
import nocobase.procedures.security.Forms;
import nocobase.procedures.security.Refusal;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.camunda.bpm.engine.delegate.TaskListener;
import org.springframework.stereotype.Component;

/** Records who decided what in a task, and remembers who asked for a rollback. */
@Component
public class TaskCompleteListener implements TaskListener {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Decisions decisions;
    private static final Messages MESSAGES = Messages.of("process");

    private final Claims claims;
    private final Clock clock;

    TaskCompleteListener(Decisions decisions, Claims claims, Clock clock) {
        this.decisions = decisions;
        this.claims = claims;
        this.clock = clock;
    }

    @Override
    public void notify(DelegateTask task) {
        DelegateExecution execution = task.getExecution();
        Map<String, String> answers = answers(task);
        WorkRequest.requireSound(answers::get);
        PlanWarnings.requireAccepted(task);
        anotherWindow(task);
        String person = task.getAssignee() == null ? "system" : task.getAssignee();
        decisions.record(new Decision(
                // An answer beside a procedure, as to an incident of it, belongs to that procedure's evidence.
                Variables.operationOf(execution),
                task.getTaskDefinitionKey(),
                task.getName(),
                person,
                clock.instant(),
                json(answers),
                json(Forms.worded(task.getId(), task::getVariables))));
        if (answers.containsValue("rollback") || answers.containsValue("restore")) {
            AsSystem.run(
                    execution.getProcessEngineServices(), () -> execution.setVariable(Variables.REQUESTER, person));
        }
        normaliseNodes(execution);
    }

    /** The procedure itself learns of it too: the status view shows what it knows. */
    private void anotherWindow(DelegateTask task) {
        if (!"window".equals(task.getVariable("windowChoice"))) {
            return;
        }
        MaintenanceWindow window =
                MaintenanceWindow.read(task.getVariable("newWindow"), task.getVariable("newWindowEnd"), clock);
        if (window == null) {
            throw Refusal.badInput(MESSAGES.text("window.half"));
        }
        DelegateExecution execution = task.getExecution();
        Map<String, Object> known = Map.of(
                Variables.WINDOW, window.kept(window.begins()), Variables.WINDOW_END, window.kept(window.ends()));
        AsSystem.run(execution.getProcessEngineServices(), () -> {
            execution.setVariables(known);
            claims.planned(execution.getProcessBusinessKey())
                    .ifPresent(planned -> execution
                            .getProcessEngineServices()
                            .getRuntimeService()
                            .setVariables(planned.processInstance(), known));
        });
    }

    /** The form's checklist yields a JSON list; the models pass names on as text. */
    private static void normaliseNodes(DelegateExecution execution) {
        Object chosen = execution.getVariable(Variables.NODES_TO_LEAVE_OUT);
        if (chosen == null || !"withoutNodes".equals(execution.getVariable(Variables.DECISION))) {
            return;
        }
        String names = chosen.toString().replaceAll("[\\[\\]\"\\s]", "");
        AsSystem.run(execution.getProcessEngineServices(), () -> execution.setVariable(Variables.WITHOUT_NODES, names));
    }

    private static Map<String, String> answers(DelegateTask task) {
        Map<String, String> answers = new LinkedHashMap<>();
        for (String field : Forms.questions(task.getId())) {
            Object value = task.getVariable(field);
            if (value != null) {
                answers.put(field, value.toString());
            }
        }
        return answers;
    }

    private static String json(Object answers) {
        try {
            return MAPPER.writeValueAsString(answers);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
