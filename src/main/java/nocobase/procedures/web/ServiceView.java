package nocobase.procedures.web;

import java.time.Instant;
import nocobase.procedures.audit.Downtime;
import nocobase.procedures.cluster.Seen;
import nocobase.procedures.process.Estimates;
import nocobase.procedures.process.claim.Claim;
import nocobase.procedures.process.status.RunningProcedure;
import nocobase.procedures.web.ClusterLooks.Look;
import nocobase.procedures.web.Status.OfDowntime;
import nocobase.procedures.web.Status.OfEstimate;
import nocobase.procedures.web.Status.OfPull;
import nocobase.procedures.web.Status.OfRoute;
import org.springframework.stereotype.Component;

/**
 * Whether clients are served, from the one downtime that is kept and from what was last seen of the route: the two never
 * contradict each other on a page.
 */
@Component
class ServiceView {

    private static final String RETURNING = "RETURNING";

    private final Estimates estimates;

    ServiceView(Estimates estimates) {
        this.estimates = estimates;
    }

    /**
     * A look that is older than the last change of the downtime shows what was; and while one lasts, an answer of NocoBase
     * is no proof yet that clients are served.
     *
     * @param downtime the last one, or null
     */
    static OfRoute route(Look<Seen> look, Downtime downtime) {
        Seen seen = look.found();
        if (seen == null) {
            return null;
        }
        if (downtime != null && downtime.lasts()) {
            if (look.at().isBefore(downtime.since())) {
                return new OfRoute(Seen.Kind.MAINTENANCE_PAGE.name(), null);
            }
            return new OfRoute(
                    seen.kind() == Seen.Kind.SERVED ? RETURNING : seen.kind().name(), seen.text());
        }
        return downtime != null && look.at().isBefore(downtime.until())
                ? new OfRoute(Seen.Kind.SERVED.name(), null)
                : new OfRoute(seen.kind().name(), seen.text());
    }

    /**
     * @param downtime the cluster's last one, or null
     * @param procedure that runs, or null
     */
    OfDowntime downtime(Downtime downtime, RunningProcedure procedure) {
        if (downtime == null || !concerns(downtime, procedure)) {
            return null;
        }
        boolean workedOn = procedure != null
                && procedure.claim().operation().equals(downtime.work().operation());
        Instant expected =
                workedOn && downtime.lasts() ? estimates.endOf(downtime).orElse(null) : null;
        return new OfDowntime(
                downtime.since(),
                downtime.until(),
                expected,
                workedOn ? downtime.work().since() : null,
                downtime.left());
    }

    private static boolean concerns(Downtime downtime, RunningProcedure procedure) {
        return downtime.lasts()
                || (procedure != null
                        && downtime.until().isAfter(procedure.claim().since()));
    }

    OfEstimate estimate(RunningProcedure procedure) {
        return procedure == null || !estimates.planned(procedure.claim().procedure())
                ? null
                : estimate(procedure.claim());
    }

    private OfEstimate estimate(Claim claim) {
        OfPull pull = estimates
                .pull(claim.cluster(), claim.operation())
                .map(OfPull::of)
                .orElse(null);
        return estimates
                .of(claim.cluster(), claim.procedure(), claim.operation())
                .map(estimate ->
                        new OfEstimate(estimate.typical().toSeconds(), estimate.runs(), estimate.sizes(), pull))
                .orElse(new OfEstimate(0, 0, null, pull));
    }
}
