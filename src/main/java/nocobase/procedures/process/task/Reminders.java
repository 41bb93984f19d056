package nocobase.procedures.process.task;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import nocobase.procedures.audit.Notification.Event;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.UnknownClusterException;
import nocobase.procedures.concurrent.Rounds;
import nocobase.procedures.process.ElementIds;
import nocobase.procedures.process.status.Announcements;
import nocobase.procedures.process.status.Interventions;
import nocobase.procedures.process.status.OpenTask;
import nocobase.procedures.process.status.RunningProcedures;
import org.camunda.bpm.engine.TaskService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Reminds a task's groups once when its due date has passed: tasks have one while clients see the maintenance page. After the
 * cluster's {@code answer-timeout} the managers get such a task too; a decision or a verification also where nothing is down.
 * This is the only one that escalates, of whatever version the model is. Who was reminded is kept in a table, so several
 * engines remind once. It never decides.
 */
@Component
public class Reminders extends Rounds {

    private static final Logger LOG = LoggerFactory.getLogger(Reminders.class);
    private static final String MANAGERS = "managers";
    private static final Set<String> URGENT_ALSO_WHILE_SERVED =
            Set.of(ElementIds.DECIDE_HOW_TO_GO_ON, ElementIds.VERIFY_FUNCTIONALITY);
    private static final Duration PACE = Duration.ofSeconds(15);

    private final JdbcTemplate jdbc;
    private final RunningProcedures procedures;
    private final Clusters clusters;
    private final TaskService tasks;
    private final Announcements news;
    private final Clock clock;

    Reminders(
            JdbcTemplate jdbc,
            RunningProcedures procedures,
            Clusters clusters,
            TaskService tasks,
            Announcements news,
            Clock clock,
            @Value("${procedures.watcher.enabled:true}") boolean enabled) {
        super("unanswered tasks", PACE, enabled);
        this.jdbc = jdbc;
        this.procedures = procedures;
        this.clusters = clusters;
        this.tasks = tasks;
        this.news = news;
        this.clock = clock;
    }

    /** Looks once. @return how many tasks somebody was reminded of */
    public int lookNow() {
        int reminded = 0;
        for (List<OpenTask> tasks : procedures.tasks().values()) {
            for (OpenTask task : tasks) {
                if (task.due() != null && task.due().isBefore(clock.instant()) && first(task)) {
                    LOG.info("Nobody has answered \"{}\" in time: reminding {}", task.name(), task.groups());
                    task.groups().forEach(group -> news.ofSilence(Event.REMINDER, group, task, task.operation()));
                    reminded++;
                }
                if (waitsTooLong(task)) {
                    escalate(task);
                }
            }
        }
        return reminded;
    }

    /** Longer unanswered than the cluster allows. Tasks of managers have nobody above them. */
    private boolean waitsTooLong(OpenTask task) {
        Instant since = urgentSince(task);
        return since != null
                && !task.groups().contains(MANAGERS)
                && patience(task.cluster())
                        .filter(patience -> since.plus(patience).isBefore(clock.instant()))
                        .isPresent();
    }

    /** Null where the answer may take its time: nothing is down, and no work that was begun waits for it. */
    private static Instant urgentSince(OpenTask task) {
        if (task.due() != null) {
            return task.due().minus(TaskCreateListener.ANSWER_WHILE_DOWN);
        }
        return URGENT_ALSO_WHILE_SERVED.contains(task.key()) ? task.since() : null;
    }

    private void escalate(OpenTask task) {
        if (Interventions.handOver(tasks, task.id())) {
            LOG.warn("Nobody answered \"{}\": managers are asked too", task.name());
            news.ofSilence(Event.ESCALATION, MANAGERS, task, task.operation());
        }
    }

    /** Empty where the configuration has the cluster no more. */
    private Optional<Duration> patience(String cluster) {
        try {
            return Optional.of(clusters.find(cluster).settings().answerTimeout());
        } catch (UnknownClusterException gone) {
            return Optional.empty();
        }
    }

    private boolean first(OpenTask task) {
        return jdbc.update(
                        "insert into reminded_task values (?, ?) on conflict do nothing",
                        task.id(),
                        Timestamp.from(clock.instant()))
                == 1;
    }

    @Override
    protected void goRound() {
        lookNow();
        jdbc.update("delete from reminded_task r where not exists (select 1 from act_ru_task t where t.id_ = r.task)");
    }
}
