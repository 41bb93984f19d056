package nocobase.procedures.balancer;

import java.time.Clock;
import nocobase.procedures.cluster.BalancerSettings;
import nocobase.procedures.cluster.Containers;
import nocobase.procedures.cluster.LoadBalancer;
import org.springframework.stereotype.Component;

/** Makes the {@link LoadBalancer} port of a cluster whose balancer is an nginx in a container. */
@Component
public final class LoadBalancerFactory {

    private final Clock clock;

    LoadBalancerFactory(Clock clock) {
        this.clock = clock;
    }

    /** @throws IllegalArgumentException if a setting cannot stand in nginx's configuration; the message names its key */
    public LoadBalancer create(String cluster, BalancerSettings settings, Containers containers) {
        return new NginxBalancer(cluster, settings, containers, clock);
    }
}
