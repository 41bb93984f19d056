package nocobase.procedures.process.task;

import nocobase.procedures.cluster.Failure;
import nocobase.procedures.language.Messages;
import nocobase.procedures.process.Json;
import nocobase.procedures.process.Variables;
import nocobase.procedures.process.wait.LastSeen;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.ExecutionListener;
import org.springframework.stereotype.Component;

/** Says what was awaited when a time limit struck, and what was seen last. A retry takes up what is under way. */
@Component
class TimeOutListener implements ExecutionListener {

    private static final Messages MESSAGES = Messages.of("process");

    private final LastSeen lastSeen;

    TimeOutListener(LastSeen lastSeen) {
        this.lastSeen = lastSeen;
    }

    @Override
    public void notify(DelegateExecution execution) {
        execution.setVariable(
                Variables.FAILURE,
                Json.of(failure(
                        execution, MESSAGES.text("timeLimit.retry", execution.getVariable(Variables.CLUSTER)))));
    }

    Failure failure(DelegateExecution execution, String remedy) {
        String limit = execution.getCurrentActivityName();
        return Failure.of(
                lastSeen.of(execution.getProcessInstanceId())
                        .map(seen -> MESSAGES.text("timeLimit.reached", limit, seen))
                        .orElseGet(() -> MESSAGES.text("timeLimit.reachedUnseen", limit)),
                remedy);
    }
}
