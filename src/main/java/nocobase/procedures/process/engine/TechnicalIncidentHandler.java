package nocobase.procedures.process.engine;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nocobase.procedures.language.Messages;
import nocobase.procedures.process.ElementIds;
import nocobase.procedures.process.ProcessKeys;
import nocobase.procedures.process.Variables;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.impl.context.Context;
import org.camunda.bpm.engine.impl.incident.DefaultIncidentHandler;
import org.camunda.bpm.engine.impl.incident.IncidentContext;
import org.camunda.bpm.engine.impl.persistence.entity.ExecutionEntity;
import org.camunda.bpm.engine.runtime.Incident;
import org.camunda.bpm.engine.runtime.ProcessInstance;

/**
 * Gives ops a task for every job that used up its retries: an incident that only Cockpit shows is seen by nobody at night.
 * The task goes away when the job is retried elsewhere.
 */
class TechnicalIncidentHandler extends DefaultIncidentHandler {

    private static final Messages MESSAGES = Messages.of("process");
    static final String PROCESS = ProcessKeys.TECHNICAL_INCIDENT;

    TechnicalIncidentHandler() {
        super(Incident.FAILED_JOB_HANDLER_TYPE);
    }

    @Override
    public Incident handleIncident(IncidentContext context, String message) {
        Incident incident = super.handleIncident(context, message);
        if (context.getExecutionId() != null && open(context.getConfiguration()).isEmpty()) {
            start(context, message);
        }
        return incident;
    }

    @Override
    public void resolveIncident(IncidentContext context) {
        super.resolveIncident(context);
        close(context.getConfiguration(), MESSAGES.text("incident.retried"));
    }

    @Override
    public void deleteIncident(IncidentContext context) {
        super.deleteIncident(context);
        close(context.getConfiguration(), MESSAGES.text("incident.gone"));
    }

    private void start(IncidentContext context, String message) {
        ExecutionEntity execution =
                Context.getCommandContext().getExecutionManager().findExecutionById(context.getExecutionId());
        Object cluster = execution.getVariable(Variables.CLUSTER);
        if (cluster == null) {
            return;
        }
        Map<String, Object> variables = new HashMap<>();
        variables.put(Variables.CLUSTER, cluster);
        variables.put(Variables.FAILED_OPERATION, String.valueOf(execution.getProcessBusinessKey()));
        variables.put("failedProcess", execution.getProcessDefinition().getName());
        variables.put("failedActivity", String.valueOf(activityName(execution, context)));
        variables.put("job", context.getConfiguration());
        variables.put("incidentMessage", message == null ? "" : shortened(message));
        runtimeService().startProcessInstanceByKey(PROCESS, context.getConfiguration(), variables);
    }

    private static Object activityName(ExecutionEntity execution, IncidentContext context) {
        var activity = execution.getProcessDefinition().findActivity(context.getActivityId());
        return activity == null ? context.getActivityId() : activity.getName();
    }

    private static String shortened(String message) {
        return message.length() <= 1000 ? message : message.substring(0, 1000) + "…";
    }

    /** While the retrying task completes, its own process ends by itself and must not be deleted under it. */
    private static void close(String job, String why) {
        for (ProcessInstance instance : open(job)) {
            boolean waits =
                    !runtimeService().getActiveActivityIds(instance.getId()).contains(ElementIds.RETRY_FAILED_JOB);
            if (waits) {
                runtimeService().deleteProcessInstance(instance.getId(), why, true, false);
            }
        }
    }

    private static List<ProcessInstance> open(String job) {
        return runtimeService()
                .createProcessInstanceQuery()
                .processDefinitionKey(PROCESS)
                .processInstanceBusinessKey(job)
                .list();
    }

    private static RuntimeService runtimeService() {
        return Context.getProcessEngineConfiguration().getRuntimeService();
    }
}
