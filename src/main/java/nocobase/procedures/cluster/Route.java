package nocobase.procedures.cluster;

import java.time.Instant;
import java.util.List;

/** What clients get from the load balancer. */
public sealed interface Route {

    /**
     * The 503 page for everybody; whoever holds the private link reaches the node under test, if there is one.
     *
     * @param since when the service was suspended
     * @param underTest the node behind the private link, or null
     * @param link secret of the private link, or null
     */
    record Maintenance(OperationId operation, Instant since, Node underTest, String link) implements Route {
        public static Maintenance closed(OperationId operation, Instant since) {
            return new Maintenance(operation, since, null, null);
        }
    }

    /** Clients reach exactly these nodes. */
    record Nodes(List<Node> nodes) implements Route {}
}
