package nocobase.procedures.process.step;

import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.language.Messages;
import nocobase.procedures.process.MaintenanceWindow;
import nocobase.procedures.process.Moments;
import nocobase.procedures.process.claim.AbandonedClusters;
import nocobase.procedures.process.claim.Claim;
import nocobase.procedures.process.claim.Claims;
import nocobase.procedures.process.claim.Fences;
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
    private final Fences fences;
    private final Clock clock;

    TakeClusterLockDelegate(Clusters clusters, Claims claims, AbandonedClusters abandoned, Fences fences, Clock clock) {
        super(clusters);
        this.claims = claims;
        this.abandoned = abandoned;
        this.fences = fences;
        this.clock = clock;
    }

    @Override
    void perform(ExecutionStep step) {
        if (isTooLate(step)) {
            claims.postpone(step.operation().value());
            Instant end = MaintenanceWindow.of(step).ends();
            say(step, MESSAGES.text("window.over", Moments.shown(end)));
        } else {
            take(step);
        }
    }

    private void take(ExecutionStep step) {
        String operation = step.operation().value();
        Optional<Claim> holder = claims.begin(operation, clock.instant());
        if (holder.isPresent()) {
            say(step, Claims.heldBy(holder.get()));
            return;
        }
        fences.holdsNow(operation);
        step.set("lockTaken", true);
        step.set("beginProblem", null);
        abandoned.close(step.cluster().name(), operation);
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
