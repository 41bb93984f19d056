package nocobase.procedures.cluster;

import java.net.URI;
import java.time.Duration;
import java.util.List;

/** The balancer in front of the cluster: one route at a time, and a proof of what clients really get. */
public interface LoadBalancer {

    /**
     * Ensures the route. The new configuration is checked before it takes effect; one that is refused leaves the present
     * route in force.
     *
     * @throws CannotProceedException if the balancer refuses the configuration
     * @throws MayHealException if it does not run
     */
    void route(Route route);

    /** Asks the balancer as a client does, and reports whether the route is what clients get. */
    Progress<String> prove(Route route);

    /**
     * Whether the requests that were under way at these nodes have ended, so that stopping them cuts none. To be asked when a
     * route without them is proven; repeat the call until it is Done.
     *
     * <p>WebSockets are not counted: they have no end of their own, a stopping node closes them, and NocoBase's pages connect
     * again by themselves. Everything else that takes longer than the limit (an export, a stream of events) is cut: then the
     * result is Done too, and its text says how many requests.
     *
     * @param leaving nodes that no client is routed to any more; those that do not run have no open request
     * @param limit how long to wait at most, counted from the change of route or from the first call
     * @return Done with a sentence for people, Pending with the number of open requests ("3 requests still open"), never
     *     Failed: an open request is no reason not to go on
     */
    Progress<String> drained(List<Node> leaving, Duration limit);

    /**
     * What a client gets at this moment, by one request; for people to look at, while {@link #prove} is what a procedure
     * relies on. Never cached. A balancer that does not answer is
     * {@link Seen.Kind#SILENT}, reported within five seconds.
     */
    Seen seen();

    /** The address of the private link with that secret, as a person's browser reaches it. */
    URI privateLink(String link);

    /**
     * The balancer's part of the preconditions: each route that may be needed is tried without coming into force, and each
     * node that runs is asked from where the balancer stands.
     *
     * @param nodes the cluster's nodes as they are now
     */
    List<Check> check(List<Node> nodes);
}
