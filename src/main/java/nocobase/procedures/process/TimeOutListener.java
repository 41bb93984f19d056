package nocobase.procedures.process;

import nocobase.procedures.cluster.Failure;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.ExecutionListener;
import org.springframework.stereotype.Component;

/** Says what was awaited when a time limit struck, and what was seen last. */
@Component
class TimeOutListener implements ExecutionListener {

    private final LastSeen lastSeen;

    TimeOutListener(LastSeen lastSeen) {
        this.lastSeen = lastSeen;
    }

    @Override
    public void notify(DelegateExecution execution) {
        String seen = lastSeen.of(execution.getProcessInstanceId()).orElse("nothing was seen since the last restart");
        Failure failure = Failure.of(
                execution.getCurrentActivityName() + " reached. Last seen: " + seen,
                "If it only needs more time, try again. The limits are set in procedures.clusters.<name>.");
        execution.setVariable(Variables.FAILURE, Json.of(failure));
    }
}
