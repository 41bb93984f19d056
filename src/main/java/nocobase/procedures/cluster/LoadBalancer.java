package nocobase.procedures.cluster;

import java.net.URI;
import java.util.List;

/** The balancer in front of the cluster: one route at a time, and a proof of what clients really get. */
public interface LoadBalancer {

    /**
     * Ensures the route. The new configuration is checked before it takes effect; one that is refused leaves the present
     * route in force.
     *
     * @throws CannotProceedException if the balancer refuses the configuration or does not run
     */
    void route(Route route);

    /** Asks the balancer as a client does, and reports whether the route is what clients get. */
    Progress<String> prove(Route route);

    /**
     * What a client gets at this moment, by one request; for people to look at, while {@link #prove} is what a procedure
     * relies on. Never cached. A balancer that does not answer is
     * {@link Seen.Kind#SILENT}, reported within five seconds.
     */
    Seen seen();

    /** The address of the private link with that secret, as a person's browser reaches it. */
    URI privateLink(String link);

    /** The balancer's part of the preconditions. */
    List<Check> check();
}
