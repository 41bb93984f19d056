package nocobase.procedures.process.step;

import java.util.Map;
import nocobase.procedures.audit.Downtime;
import nocobase.procedures.audit.Downtimes;
import nocobase.procedures.cluster.Cluster;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.MaintenanceStep;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Seen;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.Variables;
import nocobase.procedures.process.wait.Condition;
import org.springframework.stereotype.Component;

/**
 * Suspends the service: from here on clients get the maintenance page. Where they have got it since before the nodes were stopped the first time, and still do, there is nothing to do: no request of theirs can be under way at a node.
 *
 * <p>Awaited: Clients get the maintenance page.
 */
@Component
class RouteToMaintenancePageDelegate extends ClusterDelegate implements Condition {

    private final Downtimes downtimes;
    private final MaintenancePageContent page;

    RouteToMaintenancePageDelegate(Clusters clusters, Downtimes downtimes, MaintenancePageContent page) {
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

    @Override
    public String message() {
        return "maintenance-page-served";
    }

    @Override
    public Progress<Map<String, Object>> look(Step step) {
        // The beginning of the downtime stands in the balancer's configuration: with another one it is another route.
        return Results.none(step.cluster().balancer().prove(page.closed(step, MaintenanceStep.STOPPING)));
    }
}
