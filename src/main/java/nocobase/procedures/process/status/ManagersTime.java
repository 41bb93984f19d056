package nocobase.procedures.process.status;

import java.time.Clock;
import java.time.Instant;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.language.Messages;
import nocobase.procedures.process.Moments;
import nocobase.procedures.security.Refusal;
import org.camunda.bpm.engine.task.Task;
import org.springframework.stereotype.Component;

/** The time that managers have for a task of theirs before somebody may act in their stead: the {@code answer-timeout}. */
@Component
class ManagersTime {

    private static final Messages MESSAGES = Messages.of("process");

    private final Clusters clusters;
    private final Clock clock;

    ManagersTime(Clusters clusters, Clock clock) {
        this.clusters = clusters;
        this.clock = clock;
    }

    /** @throws org.camunda.bpm.engine.ProcessEngineException with a refusal that says from when on */
    void requirePassed(String cluster, Task task) {
        Instant until = task.getCreateTime()
                .toInstant()
                .plus(clusters.find(cluster).settings().answerTimeout());
        if (clock.instant().isBefore(until)) {
            throw Refusal.notAllowed(MESSAGES.text("breakGlass.tooEarly", task.getName(), Moments.shown(until)));
        }
    }
}
