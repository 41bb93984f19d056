package nocobase.procedures.process.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import nocobase.procedures.language.Messages;
import nocobase.procedures.process.Json;
import nocobase.procedures.process.Variables;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.ExecutionListener;
import org.camunda.bpm.engine.delegate.VariableScope;
import org.springframework.stereotype.Component;

/**
 * Where nodes are starting when a time limit strikes, a retry would stop them and throw away what they have done: a person may
 * wait longer instead.
 */
@Component
class StartTimeOutListener implements ExecutionListener {

    private static final Messages MESSAGES = Messages.of("process");
    private static final String MORE_TIME = "moreTime";

    private final TimeOutListener timeOut;

    StartTimeOutListener(TimeOutListener timeOut) {
        this.timeOut = timeOut;
    }

    @Override
    public void notify(DelegateExecution execution) {
        String remedy = MESSAGES.text("timeLimit.waitLonger", execution.getVariable(Variables.CLUSTER));
        JsonNode failure = Json.read(Json.of(timeOut.failure(execution, remedy)).getValueSerialized());
        execution.setVariable(Variables.FAILURE, Json.of(((ObjectNode) failure).put(MORE_TIME, true)));
    }

    /** Kept within the failure, so that it goes with it. */
    static boolean moreTimeMayDo(VariableScope scope) {
        return Json.read(scope.getVariable(Variables.FAILURE)).path(MORE_TIME).asBoolean();
    }
}
