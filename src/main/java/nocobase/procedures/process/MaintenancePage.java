package nocobase.procedures.process;

import java.time.Instant;
import nocobase.procedures.cluster.MaintenanceStep;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Route;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * What the 503 page tells the people who wait. It is never a reason to stop: a page that cannot be changed is only logged.
 * Steps launch their work first: nobody waits longer so that the page may say for what.
 */
@Component
class MaintenancePage {

    private static final Logger LOG = LoggerFactory.getLogger(MaintenancePage.class);

    private final Estimates estimates;

    MaintenancePage(Estimates estimates) {
        this.estimates = estimates;
    }

    /** The route for everybody, with what is being done and when the service is expected back. */
    Route.Maintenance closed(Step step, Instant since, MaintenanceStep what) {
        return Route.Maintenance.closed(step.operation(), since).showing(what, estimates.endOf(step, since));
    }

    /** Before there is a private way in. */
    void show(Step step, MaintenanceStep what) {
        show(step, what, null, null);
    }

    /** While the private way in is open: it stays so. */
    void showBesidePrivateWay(Step step, MaintenanceStep what) {
        String link = step.text(Variables.PRIVATE_LINK);
        if (link != null) {
            show(step, what, step.cluster().runtime().observe().first(), PrivateLinks.secretOf(link));
        }
    }

    private void show(Step step, MaintenanceStep what, Node underTest, String link) {
        if (!step.down()) {
            return;
        }
        try {
            Route.Maintenance page = closed(step, step.downSince(), what);
            step.cluster().balancer().route(underTest == null ? page : page.withWayIn(underTest, link));
        } catch (RuntimeException e) {
            LOG.info("{}: the 503 page cannot say \"{}\": {}", step.operation(), what.english(), e.getMessage());
        }
    }
}
