package nocobase.procedures.process.step;

import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Cluster;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.FailureException;
import nocobase.procedures.cluster.MayHealException;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.concurrent.LogContext;
import nocobase.procedures.process.Json;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.Variables;
import org.camunda.bpm.engine.delegate.BpmnError;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.camunda.bpm.engine.impl.context.Context;
import org.camunda.bpm.engine.impl.persistence.entity.JobEntity;

/**
 * A service task's work on a cluster: one port call, back within seconds. That a person must decide becomes the BPMN error
 * {@value #STEP_FAILED}, which the phase's boundary catches; every other exception is left to the engine's retries, and so is
 * at first what may heal.
 */
abstract class ClusterDelegate implements JavaDelegate {

    static final String STEP_FAILED = "stepFailed";

    private final Clusters clusters;

    ClusterDelegate(Clusters clusters) {
        this.clusters = clusters;
    }

    abstract void perform(ExecutionStep step);

    /** What was launched goes on without us; what failed at once is not passed over: it is reported only once. */
    static void launched(Progress<?> progress) {
        if (progress instanceof Progress.Failed<?> failed) {
            throw new CannotProceedException(failed.failure());
        }
    }

    @Override
    public final void execute(DelegateExecution execution) {
        try (LogContext said = LogContext.of(execution.getProcessBusinessKey(), execution.getCurrentActivityName())) {
            perform(new ExecutionStep(execution, clusters.find((String) execution.getVariable(Variables.CLUSTER))));
        } catch (FailureException e) {
            if (e instanceof MayHealException
                    && triedAgain(Context.getCommandContext().getCurrentJob())) {
                throw e;
            }
            execution.setVariable(Variables.FAILURE, Json.of(e.failure()));
            // Without the exception as its cause: the engine would look for a BPMN error inside technical faults too.
            throw new BpmnError(STEP_FAILED, e.failure().what());
        }
    }

    /** Whether the engine has tries left, of which it takes stock when the first one has failed. */
    private static boolean triedAgain(JobEntity job) {
        return job != null && (job.getExceptionMessage() == null || job.getRetries() > 1);
    }

    /** The step as a running execution sees it. */
    static final class ExecutionStep implements Step {

        private final DelegateExecution execution;
        private final Cluster cluster;

        ExecutionStep(DelegateExecution execution, Cluster cluster) {
            this.execution = execution;
            this.cluster = cluster;
        }

        @Override
        public Cluster cluster() {
            return cluster;
        }

        @Override
        public OperationId operation() {
            return new OperationId(execution.getProcessBusinessKey());
        }

        @Override
        public String text(String variable) {
            Object value = execution.getVariable(variable);
            return value == null ? null : value.toString();
        }

        void set(String variable, Object value) {
            execution.setVariable(variable, value);
        }
    }
}
