package nocobase.procedures.process.engine;

import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.stereotype.Component;

/** Gives the failed job one more try; a job that is gone meanwhile needs none. */
@Component
class RetryFailedJobDelegate implements JavaDelegate {

    @Override
    public void execute(DelegateExecution execution) {
        ManagementService management = execution.getProcessEngineServices().getManagementService();
        String job = (String) execution.getVariable("job");
        if (management.createJobQuery().jobId(job).count() > 0) {
            management.setJobRetries(job, 1);
        }
    }
}
