package nocobase.procedures.process;

import java.time.Clock;
import java.util.Map;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Route;
import org.springframework.stereotype.Component;

/** Clients get the 503 page. */
@Component
class MaintenancePageServedCondition implements Condition {

    private final Clock clock;

    MaintenancePageServedCondition(Clock clock) {
        this.clock = clock;
    }

    @Override
    public String message() {
        return "maintenance-page-served";
    }

    @Override
    public Progress<Map<String, Object>> look(Step step) {
        // What the page says of the time is no part of the proof.
        Route.Maintenance route = Route.Maintenance.closed(step.operation(), clock.instant());
        return Results.none(step.cluster().balancer().prove(route));
    }
}
