package nocobase.procedures.process;

import java.time.Instant;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Route;
import org.springframework.stereotype.Component;

/** Suspends the service: from here on clients get the 503 page. */
@Component
class RouteToMaintenancePageDelegate extends ClusterDelegate {

    RouteToMaintenancePageDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        Instant since = step.text(Variables.DOWN_SINCE) == null ? Instant.now() : step.downSince();
        step.cluster().balancer().route(Route.Maintenance.closed(step.operation(), since));
        step.set(Variables.DOWN_SINCE, since.toString());
    }
}
