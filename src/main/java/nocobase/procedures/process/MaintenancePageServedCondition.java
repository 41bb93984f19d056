package nocobase.procedures.process;

import java.util.Map;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Route;
import org.springframework.stereotype.Component;

/** Clients get the 503 page. */
@Component
class MaintenancePageServedCondition implements Condition {

    @Override
    public String message() {
        return "maintenance-page-served";
    }

    @Override
    public Progress<Map<String, Object>> look(Step step) {
        Route.Maintenance route = Route.Maintenance.closed(step.operation(), step.downSince());
        return Results.none(step.cluster().balancer().prove(route));
    }
}
