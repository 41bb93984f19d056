package nocobase.procedures.process.step;

import nocobase.procedures.audit.Downtime;
import nocobase.procedures.audit.Downtimes;
import nocobase.procedures.cluster.Cluster;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.MaintenanceStep;
import nocobase.procedures.cluster.Seen;
import nocobase.procedures.process.Variables;
import org.springframework.stereotype.Component;

/**
 * Suspends the service: from here on clients get the 503 page. Where they have got it since before the nodes were stopped the
 * first time, and still do, there is nothing to do: no request of theirs can be under way at a node.
 */
@Component
class RouteToMaintenancePageDelegate extends ClusterDelegate {

    private final Downtimes downtimes;
    private final MaintenancePage page;

    RouteToMaintenancePageDelegate(Clusters clusters, Downtimes downtimes, MaintenancePage page) {
        super(clusters);
        this.page = page;
        this.downtimes = downtimes;
    }

    @Override
    void perform(ExecutionStep step) {
        boolean behind = behindPageSinceStop(step);
        step.set(Variables.PAGE_SERVED, behind);
        if (!behind) {
            suspend(step);
        }
    }

    private boolean behindPageSinceStop(ExecutionStep step) {
        return downtimes.lasting(step.cluster().name()).isPresent()
                && "true".equals(step.text(Variables.STOP_BEGUN))
                && seen(step.cluster()) == Seen.Kind.MAINTENANCE_PAGE;
    }

    private void suspend(ExecutionStep step) {
        step.set(
                Variables.LEAVING_NODES,
                Nodes.names(step.cluster().runtime().observe().running()));
        String cluster = step.cluster().name();
        boolean before = downtimes.lasting(cluster).isPresent();
        Downtime downtime = downtimes.begin(
                cluster,
                step.operation().value(),
                step.required(Variables.PROCEDURE),
                seen(step.cluster()) == Seen.Kind.SERVED);
        try {
            step.cluster().balancer().route(page.closed(step, downtime, MaintenanceStep.STOPPING));
        } catch (RuntimeException e) {
            if (!before && seen(step.cluster()) != Seen.Kind.MAINTENANCE_PAGE) {
                downtimes.revoke(downtime);
            }
            throw e;
        }
    }

    /** What cannot be found out is taken for the worse: that clients have something to lose. */
    private static Seen.Kind seen(Cluster cluster) {
        try {
            return cluster.balancer().seen().kind();
        } catch (RuntimeException e) {
            return Seen.Kind.SERVED;
        }
    }
}
