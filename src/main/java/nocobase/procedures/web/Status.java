package nocobase.procedures.web;

import java.time.Instant;
import java.util.List;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.cluster.Seen;
import nocobase.procedures.process.Interventions;
import nocobase.procedures.process.OpenTask;
import nocobase.procedures.process.PastProcedure;
import nocobase.procedures.process.RunningProcedure;

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
     * @param trouble why nodes or route are not known, or are old; null if all is well
     * @param observedAt when the nodes were seen so
     * @param may what the person may do to the procedure now
     */
    record OfCluster(
            String name,
            String label,
            boolean simulation,
            List<OfNode> nodes,
            Instant observedAt,
            Seen route,
            String trouble,
            OfRestorePoint restorePoint,
            RunningProcedure procedure,
            List<OpenTask> tasks,
            List<PastProcedure> past,
            List<Interventions.Offer> may) {}

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
