package nocobase.procedures.process.task;

import nocobase.procedures.process.status.Announcements;
import nocobase.procedures.process.status.Interventions;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.camunda.bpm.engine.task.Task;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Puts a task that nobody answers before the managers too. A time-out reminds and escalates; it never decides. */
@Component
class EscalateToManagersDelegate implements JavaDelegate {

    private static final Logger LOG = LoggerFactory.getLogger(EscalateToManagersDelegate.class);

    private final Announcements news;

    EscalateToManagersDelegate(Announcements news) {
        this.news = news;
    }

    @Override
    public void execute(DelegateExecution execution) {
        TaskService tasks = execution.getProcessEngineServices().getTaskService();
        for (Task task : tasks.createTaskQuery()
                .processInstanceId(execution.getProcessInstanceId())
                .list()) {
            LOG.warn("Nobody answered \"{}\": managers are asked too", task.getName());
            if (Interventions.handOver(tasks, task.getId())) {
                news.ofEscalation(execution, task);
            }
        }
    }
}
