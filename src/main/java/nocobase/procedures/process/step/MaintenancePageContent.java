package nocobase.procedures.process.step;

import java.time.Clock;
import nocobase.procedures.audit.Downtime;
import nocobase.procedures.audit.Downtimes;
import nocobase.procedures.cluster.MaintenanceStep;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Route;
import nocobase.procedures.process.Estimates;
import nocobase.procedures.process.PrivateLinks;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.Variables;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * What the maintenance page tells the people who wait. It is never a reason to stop: a page that cannot be changed is only logged.
 * Steps launch their work first: nobody waits longer so that the page may say for what.
 */
@Component
class MaintenancePageContent {

    private static final Logger LOG = LoggerFactory.getLogger(MaintenancePageContent.class);

    private final Estimates estimates;
    private final Downtimes downtimes;
    private final Clock clock;

    MaintenancePageContent(Estimates estimates, Downtimes downtimes, Clock clock) {
        this.estimates = estimates;
        this.downtimes = downtimes;
        this.clock = clock;
    }

    /** The route for everybody, with what is being done and when the service is expected back. */
    Route.Maintenance closed(Step step, Downtime downtime, MaintenanceStep what) {
        return Route.Maintenance.closed(step.operation(), downtime.since())
                .showing(what, estimates.endOf(downtime).orElse(null));
    }

    /** As above, in the course of the downtime. */
    Route.Maintenance closed(Step step, MaintenanceStep what) {
        return downtimes
                .lasting(step.cluster().name())
                .map(downtime -> closed(step, downtime, what))
                // Somebody of ours sees clients served already: the page is what they get from now on.
                .orElseGet(() -> Route.Maintenance.closed(step.operation(), clock.instant())
                        .showing(what, null));
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
        if (downtimes.lasting(step.cluster().name()).isEmpty()) {
            return;
        }
        try {
            Route.Maintenance page = closed(step, what);
            step.cluster().balancer().route(underTest == null ? page : page.withWayIn(underTest, link));
        } catch (RuntimeException e) {
            LOG.info(
                    "{}: the maintenance page cannot say \"{}\": {}", step.operation(), what.english(), e.getMessage());
        }
    }
}
