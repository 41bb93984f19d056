package nocobase.procedures.process.claim;

import nocobase.procedures.process.Variables;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.stereotype.Component;

/** A person has said that this engine leaves the cluster alone: what it had under way there ends as it stands. */
@Component
class EndUntouchedDelegate implements JavaDelegate {

    private final EngineInDoubt question;

    EndUntouchedDelegate(EngineInDoubt question) {
        this.question = question;
    }

    @Override
    public void execute(DelegateExecution execution) {
        question.endUntouched(
                (String) execution.getVariable(Variables.CLUSTER), (String) execution.getVariable("engineComment"));
    }
}
