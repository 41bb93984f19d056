package nocobase.procedures.process.step;

import java.util.Map;
import nocobase.procedures.cluster.MaintenanceStep;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.wait.Condition;
import org.springframework.stereotype.Component;

/** Clients get the 503 page. */
@Component
class MaintenancePageServedCondition implements Condition {

    private final MaintenancePage page;

    MaintenancePageServedCondition(MaintenancePage page) {
        this.page = page;
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
