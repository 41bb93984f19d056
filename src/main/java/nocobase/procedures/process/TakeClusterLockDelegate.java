package nocobase.procedures.process;

import java.time.Clock;
import java.util.Optional;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.language.Messages;
import org.springframework.stereotype.Component;

/**
 * A procedure that was planned for its window holds the cluster from here on. Where the window is over, or another procedure
 * holds the cluster, it does not begin: a person is asked.
 */
@Component
class TakeClusterLockDelegate extends ClusterDelegate {

    private static final Messages MESSAGES = Messages.of("process");

    private final Claims claims;
    private final AbandonedClusters abandoned;
    private final Clock clock;

    TakeClusterLockDelegate(Clusters clusters, Claims claims, AbandonedClusters abandoned, Clock clock) {
        super(clusters);
        this.claims = claims;
        this.abandoned = abandoned;
        this.clock = clock;
    }

    @Override
    void perform(ExecutionStep step) {
        String operation = step.operation().value();
        if (isTooLate(step)) {
            claims.postpone(operation);
            say(
                    step,
                    MESSAGES.text(
                            "window.over",
                            Moments.shown(MaintenanceWindow.of(step).ends())));
            return;
        }
        Optional<Claim> holder = claims.begin(operation, clock.instant());
        if (holder.isPresent()) {
            say(step, Claims.heldBy(holder.get()));
            return;
        }
        step.set("lockTaken", true);
        step.set("beginProblem", null);
        abandoned.close(step.cluster().name(), MESSAGES.text("abandoned.taken", operation));
    }

    private boolean isTooLate(ExecutionStep step) {
        MaintenanceWindow window = MaintenanceWindow.of(step);
        return window != null && !"start".equals(step.text("windowChoice")) && window.isOver(clock.instant());
    }

    private static void say(ExecutionStep step, String problem) {
        step.set("lockTaken", false);
        step.set("beginProblem", problem);
    }
}
