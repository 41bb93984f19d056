package nocobase.procedures.process.task;

import java.time.Clock;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import nocobase.procedures.audit.Remark;
import nocobase.procedures.audit.Remarks;
import nocobase.procedures.language.Messages;
import nocobase.procedures.process.Json;
import nocobase.procedures.process.StartRequest;
import nocobase.procedures.process.Variables;
import nocobase.procedures.process.status.Announcements;
import nocobase.procedures.security.Refusal;
import nocobase.procedures.security.TakingOver;
import org.camunda.bpm.engine.OptimisticLockingException;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.task.Task;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Takes over a task that a colleague has claimed, with a reason: it stands in the evidence and in the task itself, and the
 * colleague is told.
 */
@Component
public class TakeOvers {

    private static final Logger LOG = LoggerFactory.getLogger(TakeOvers.class);
    private static final Messages MESSAGES = Messages.of("process");

    private final TakingOver taking;
    private final TaskService tasks;
    private final Remarks remarks;
    private final Announcements news;
    private final Clock clock;
    private final TransactionTemplate transaction;

    TakeOvers(
            TakingOver taking,
            TaskService tasks,
            Remarks remarks,
            Announcements news,
            Clock clock,
            PlatformTransactionManager transactions) {
        this.taking = taking;
        this.tasks = tasks;
        this.remarks = remarks;
        this.news = news;
        this.clock = clock;
        this.transaction = new TransactionTemplate(transactions);
    }

    /** From whom that person may take the task over now. */
    public Optional<String> from(String task, String person) {
        return taking.from(task, person);
    }

    /**
     * @return what happened, for the person
     * @throws org.camunda.bpm.engine.ProcessEngineException with a refusal
     */
    public String take(String task, String person, String reason) {
        String why = StartRequest.reason(reason);
        try {
            return transaction.execute(status -> taken(task, person, why));
        } catch (OptimisticLockingException e) {
            throw Refusal.tooLate(MESSAGES.text("takeOver.meanwhile"));
        }
    }

    private String taken(String id, String person, String why) {
        String colleague = taking.take(id, person);
        Task task = tasks.createTaskQuery().taskId(id).singleResult();
        LOG.info("{} takes over \"{}\" from {}: {}", person, task.getName(), colleague, why);
        String operation = text(tasks.getVariable(id, "operation"));
        Instant now = clock.instant();
        String text = MESSAGES.text("takeOver.remark", person, task.getName(), colleague, why);
        remarks.record(new Remark(operation, "taken over " + id + " " + now, now, text));
        show(id, operation);
        news.ofTakeOver(text(tasks.getVariable(id, Variables.CLUSTER)), operation, task, colleague, text);
        return MESSAGES.text("takeOver.done", task.getName());
    }

    private void show(String task, String operation) {
        tasks.setVariableLocal(task, "remarks", Json.of(TaskCreateListener.rows(remarks.of(operation))));
    }

    private static String text(Object value) {
        return Objects.toString(value, "");
    }
}
