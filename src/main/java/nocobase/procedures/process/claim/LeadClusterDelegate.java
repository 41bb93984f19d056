package nocobase.procedures.process.claim;

import nocobase.procedures.process.Variables;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.stereotype.Component;

/** A person has said that this engine goes on: its mark stands from now on, and its operations move again. */
@Component
class LeadClusterDelegate implements JavaDelegate {

    private final Fences fences;
    private final EngineInDoubt question;

    LeadClusterDelegate(Fences fences, EngineInDoubt question) {
        this.fences = fences;
        this.question = question;
    }

    @Override
    public void execute(DelegateExecution execution) {
        String cluster = (String) execution.getVariable(Variables.CLUSTER);
        fences.lead(cluster);
        question.goOn(cluster);
    }
}
