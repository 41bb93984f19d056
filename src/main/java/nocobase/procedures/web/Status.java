package nocobase.procedures.web;

import java.time.Instant;
import java.util.List;
import nocobase.procedures.audit.Downtime;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.cluster.Seen;
import nocobase.procedures.process.Estimates;
import nocobase.procedures.process.status.Interventions;
import nocobase.procedures.process.status.OpenTask;
import nocobase.procedures.process.status.PastProcedure;
import nocobase.procedures.process.status.PlannedProcedure;
import nocobase.procedures.process.status.RunningProcedure;

/**
 * What the status view shows: {@code GET /api/status}.
 *
 * @param now the engine's clock, by which people's browsers set theirs
 * @param token of the person's session, to be sent back with each deed as {@code X-XSRF-TOKEN}; null without a session
 */
record Status(Instant now, String person, List<String> roles, String token, List<OfCluster> clusters) {

    /**
     * One cluster.
     *
     * @param downtime the one that lasts, or was in the course of the running procedure; null if there is none
     * @param estimate what former runs of the running procedure took; null where there is none
     * @param trouble why nodes or route are not known, or are old; null if all is well
     * @param planned what waits for its window besides that
     * @param observedAt when the nodes were seen so
     * @param may what the person may do to the procedure now
     */
    record OfCluster(
            String name,
            String label,
            boolean simulation,
            List<OfNode> nodes,
            Instant observedAt,
            OfRoute route,
            OfDowntime downtime,
            OfEstimate estimate,
            String trouble,
            OfRestorePoint restorePoint,
            RunningProcedure procedure,
            List<PlannedProcedure> planned,
            List<OpenTask> tasks,
            List<PastProcedure> past,
            List<Interventions.Offer> may) {}

    /** What clients get: a kind of {@link Seen}, or {@code RETURNING}. */
    record OfRoute(String kind, String text) {}

    /**
     * A downtime.
     *
     * @param until null while it lasts
     * @param expectedEnd null while nobody works on it, or where there is no estimate
     * @param workedOn since when the running procedure has worked behind the maintenance page; null if it does not
     */
    record OfDowntime(Instant since, Instant until, Instant expectedEnd, Instant workedOn, Downtime.Left left) {}

    /**
     * What former runs took until clients were served.
     *
     * @param runs 0 without any
     * @param sizes of the databases by which they were scaled, or null
     * @param pull of the image, or null where none is pulled or nothing is known
     */
    record OfEstimate(long seconds, int runs, Estimates.DatabaseSizes sizes, OfPull pull) {}

    /**
     * The pull of an image, while the cluster serves.
     *
     * @param here whether it need not be pulled
     * @param pulls how many former ones there were
     */
    record OfPull(boolean here, long seconds, int pulls) {
        static OfPull of(Estimates.Pull pull) {
            return new OfPull(
                    pull.here(), pull.typical() == null ? 0 : pull.typical().toSeconds(), pull.pulls());
        }
    }

    /** One node. */
    record OfNode(String name, String state, String version, boolean worker, Instant since) {
        static OfNode of(Node node) {
            return new OfNode(
                    node.name(),
                    node.state().name().toLowerCase(java.util.Locale.ROOT),
                    node.version() == null ? null : node.version().toString(),
                    node.worker(),
                    node.running() ? node.startedAt() : null);
        }
    }

    /** The last restore point. */
    record OfRestorePoint(String id, Instant takenAt, long size, String state) {
        static OfRestorePoint of(RestorePoint point) {
            return new OfRestorePoint(
                    point.id(),
                    point.takenAt(),
                    point.size(),
                    point.state().name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '));
        }
    }
}
