package nocobase.procedures.nocobase;

import java.time.Clock;
import nocobase.procedures.cluster.ClusterRuntime;
import nocobase.procedures.cluster.ClusterSettings;
import nocobase.procedures.cluster.Containers;
import nocobase.procedures.cluster.NocoBase;

/** Makes the {@link NocoBase} port of a cluster. The port keeps only when it last looked at each node; it may be made anew. */
public final class NocoBaseFactory {

    private final Clock clock;

    public NocoBaseFactory(Clock clock) {
        this.clock = clock;
    }

    public NocoBase create(ClusterSettings settings, ClusterRuntime runtime, Containers containers) {
        return new NodesAndDatabase(settings.database(), settings.pluginRegistry(), runtime, containers, clock);
    }
}
