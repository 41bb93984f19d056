package nocobase.procedures.process;

import java.time.Clock;
import java.time.Instant;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.MaintenanceStep;
import org.springframework.stereotype.Component;

/** Suspends the service: from here on clients get the 503 page. */
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
        Instant since = step.down() ? step.downSince() : clock.instant();
        step.set(
                Variables.LEAVING_NODES,
                Nodes.names(step.cluster().runtime().observe().running()));
        step.cluster().balancer().route(page.closed(step, since, MaintenanceStep.STOPPING));
        step.set(Variables.DOWN_SINCE, since.toString());
        step.set(Variables.SERVED, null);
    }
}
