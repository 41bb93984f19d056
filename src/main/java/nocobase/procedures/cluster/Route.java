package nocobase.procedures.cluster;

import java.time.Instant;
import java.util.List;

/** What clients get from the load balancer. */
public sealed interface Route {

    /**
     * The 503 page for everybody; whoever holds the private link reaches the node under test, if there is one.
     *
     * <p>{@code step} and {@code expectedEnd} are only what the page says: routing again with others of them changes the
     * page's text and nothing else (no reload), and no proof depends on them.
     *
     * @param since when the service was suspended
     * @param underTest the node behind the private link, or null
     * @param link secret of the private link, or null
     * @param step what is being done now, or null if the page shall not tell
     * @param expectedEnd when the service is expected back, or null where no honest estimate exists. Once it has passed
     *     the page says that it takes longer
     */
    record Maintenance(
            OperationId operation,
            Instant since,
            Node underTest,
            String link,
            MaintenanceStep step,
            Instant expectedEnd)
            implements Route {

        public static Maintenance closed(OperationId operation, Instant since) {
            return new Maintenance(operation, since, null, null, null, null);
        }

        /** The same, with a private way in to that node. */
        public Maintenance withWayIn(Node underTest, String link) {
            return new Maintenance(operation, since, underTest, link, step, expectedEnd);
        }

        /** The same, with another text on the page. */
        public Maintenance showing(MaintenanceStep step, Instant expectedEnd) {
            return new Maintenance(operation, since, underTest, link, step, expectedEnd);
        }
    }

    /** Clients reach exactly these nodes. */
    record Nodes(List<Node> nodes) implements Route {}
}
