package nocobase.procedures.rehearsal;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import nocobase.procedures.cluster.MaintenanceStep;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Route;
import nocobase.procedures.language.Messages;

/**
 * What the balancer does.
 *
 * @param nodes names of the nodes that clients reach; empty for the maintenance page
 * @param underTest name of the node behind the private link, or null
 * @param link secret of the private link, or null
 * @param since when the balancer was told
 * @param refusesClients whether clients get 502 all the same (a fault to order)
 * @param downSince since when clients are without service, as the balancer's configuration says it; null where they are
 *     served, and in worlds that were kept by an older version
 * @param step what the maintenance page says, or null
 * @param expectedEnd what the maintenance page says, or null
 * @param operation whose 503 page it is; null where clients are served, and in worlds that were kept by an older version
 */
record SimulatedRoute(
        List<String> nodes,
        String underTest,
        String link,
        Instant since,
        boolean refusesClients,
        Instant downSince,
        MaintenanceStep step,
        Instant expectedEnd,
        String operation) {

    private static final Messages MESSAGES = Messages.of("rehearsal");

    static SimulatedRoute of(Route route, Instant now) {
        if (route instanceof Route.Maintenance closed) {
            Node underTest = closed.underTest();
            return new SimulatedRoute(
                    List.of(),
                    underTest == null ? null : underTest.name(),
                    closed.link(),
                    now,
                    false,
                    closed.since().truncatedTo(ChronoUnit.SECONDS),
                    closed.step(),
                    closed.expectedEnd(),
                    closed.operation().value());
        }
        return toNodes(((Route.Nodes) route).nodes().stream().map(Node::name).toList(), now);
    }

    static SimulatedRoute toNodes(List<String> nodes, Instant now) {
        return new SimulatedRoute(List.copyOf(nodes), null, null, now, false, null, null, null, null);
    }

    SimulatedRoute refusingClients() {
        return new SimulatedRoute(nodes, underTest, link, since, true, downSince, step, expectedEnd, operation);
    }

    /** This one, with the other's text on the page. */
    SimulatedRoute showingAs(SimulatedRoute other) {
        return new SimulatedRoute(
                nodes, underTest, link, since, refusesClients, downSince, other.step, other.expectedEnd, operation);
    }

    boolean closed() {
        return nodes.isEmpty();
    }

    boolean sameAs(SimulatedRoute other) {
        return nodes.equals(other.nodes)
                && Objects.equals(underTest, other.underTest)
                && Objects.equals(link, other.link)
                && sameWhereKnown(downSince, other.downSince)
                && sameWhereKnown(operation, other.operation);
    }

    private static boolean sameWhereKnown(Object one, Object other) {
        return one == null || other == null || one.equals(other);
    }

    /** As the event log says it; never with the secret. */
    String text() {
        if (!closed()) {
            return String.join(", ", nodes);
        }
        return underTest == null ? MESSAGES.text("route.maintenance") : MESSAGES.text("route.underTest", underTest);
    }
}
