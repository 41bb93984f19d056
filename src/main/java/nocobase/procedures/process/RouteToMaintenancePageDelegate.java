package nocobase.procedures.process;

import java.time.Clock;
import java.time.Instant;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.MaintenanceStep;
import nocobase.procedures.cluster.Seen;
import org.springframework.stereotype.Component;

/**
 * Suspends the service: from here on clients get the 503 page. Where they have got it since before the nodes were stopped the
 * first time, and still do, there is nothing to do: no request of theirs can be under way at a node.
 */
@Component
class RouteToMaintenancePageDelegate extends ClusterDelegate {

    private final Clock clock;
    private final MaintenancePage page;

    RouteToMaintenancePageDelegate(Clusters clusters, Clock clock, MaintenancePage page) {
        super(clusters);
        this.page = page;
        this.clock = clock;
    }

    @Override
    void perform(ExecutionStep step) {
        boolean behind = behindPageSinceStop(step);
        step.set(Variables.PAGE_SERVED, behind);
        if (!behind) {
            suspend(step);
        }
    }

    private static boolean behindPageSinceStop(ExecutionStep step) {
        return step.down()
                && "true".equals(step.text(Variables.STOP_BEGUN))
                && step.cluster().balancer().seen().kind() == Seen.Kind.MAINTENANCE_PAGE;
    }

    private void suspend(ExecutionStep step) {
        Instant since = step.down() ? step.downSince() : clock.instant();
        step.set(
                Variables.LEAVING_NODES,
                Nodes.names(step.cluster().runtime().observe().running()));
        step.cluster().balancer().route(page.closed(step, since, MaintenanceStep.STOPPING));
        step.set(Variables.DOWN_SINCE, since.toString());
        step.set(Variables.SERVED, null);
    }
}
