package nocobase.procedures.balancer;

import java.time.Clock;
import java.util.function.Supplier;
import nocobase.procedures.cluster.BalancerSettings;
import nocobase.procedures.cluster.Containers;
import nocobase.procedures.cluster.LoadBalancer;
import nocobase.procedures.cluster.NodePaths;

/** Makes the {@link LoadBalancer} port of a cluster whose balancer is an nginx in a container. */
public final class LoadBalancerFactory {

    private final Clock clock;

    /** @param clock its zone is the one that the 503 page shows to browsers without scripts */
    public LoadBalancerFactory(Clock clock) {
        this.clock = clock;
    }

    /**
     * @param paths where the nodes' NocoBase answers, as they tell now
     * @throws IllegalArgumentException if a setting cannot stand in nginx's configuration; the message names its key
     */
    public LoadBalancer create(
            String cluster, BalancerSettings settings, Containers containers, Supplier<NodePaths> paths) {
        return new NginxBalancer(cluster, settings, containers, clock, paths);
    }
}
