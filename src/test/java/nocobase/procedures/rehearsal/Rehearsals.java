package nocobase.procedures.rehearsal;

import java.util.List;
import java.util.function.BiConsumer;
import nocobase.procedures.cluster.Cluster;
import nocobase.procedures.cluster.ClusterFence;
import nocobase.procedures.cluster.RehearsalSettings;
import nocobase.procedures.cluster.Version;

/** What tests do to simulated clusters behind the procedures' backs, and all that can be seen of them. */
public final class Rehearsals {

    private final RehearsalClusters clusters;

    public Rehearsals(RehearsalClusters clusters) {
        this.clusters = clusters;
    }

    /** Begins the world anew: all nodes serve the configured version, no restore point, no fault. */
    public void reset(Cluster cluster) {
        World world = world(cluster);
        world.store()
                .replace(
                        cluster.name(),
                        WorldState.serving(
                                cluster.settings().rehearsal(), world.clock().instant()));
    }

    /** Begins the world anew as a cluster that was never started: stopped nodes, an empty database, the maintenance page. */
    public void resetToNeverStarted(Cluster cluster) {
        World world = world(cluster);
        RehearsalSettings settings = cluster.settings().rehearsal();
        world.store()
                .replace(
                        cluster.name(),
                        WorldState.stopped(
                                settings.nodes(),
                                Version.parse(settings.version()),
                                SimulatedDatabase.empty(),
                                world.clock().instant()));
    }

    /** Puts tables that are not NocoBase's into the database of a cluster that was never started. */
    public void fillWithForeignTables(Cluster cluster) {
        change(cluster, (state, world) -> {
            SimulatedDatabase before = state.database;
            state.database = new SimulatedDatabase(
                    before.version(),
                    before.schema(),
                    before.damage(),
                    before.plugins(),
                    List.of("customers", "orders", "stock"),
                    before.half(),
                    before.fresh());
        });
    }

    /** As if it had been started once. One whose name ends with {@code -broken} never answers again. */
    public void addSubApplication(Cluster cluster, String name) {
        change(cluster, (state, world) -> state.subApplications.put(name, state.database.version()));
    }

    /** Leaves the database as an installation that was killed in the middle does. */
    public void leaveHalfInstalled(Cluster cluster) {
        change(cluster, (state, world) -> state.database = state.database.halfInstalled());
    }

    /** Lets the fault strike once, at its next opportunity, whatever the target version is. */
    public void order(Cluster cluster, RehearsalFault fault) {
        change(cluster, (state, world) -> state.ordered.add(fault));
    }

    /** A node's container ends by itself, now. */
    public void kill(Cluster cluster, String node) {
        change(
                cluster,
                (state, world) -> world.simulation()
                        .kill(state, state.node(node), world.clock().instant()));
    }

    /** Somebody else starts a node's container behind the procedure's back, now. */
    public void startByHand(Cluster cluster, String node) {
        change(
                cluster,
                (state, world) -> world.simulation()
                        .start(state, state.node(node), world.clock().instant()));
    }

    /** Makes the fence what another engine, or a later past of this one, would have left; null as if somebody removed it. */
    public void fence(Cluster cluster, ClusterFence.Mark mark) {
        change(cluster, (state, world) -> state.fence = mark);
    }

    /** The world as it is now. */
    public RehearsalWorld observe(Cluster cluster) {
        return world(cluster).look(RehearsalWorld::of);
    }

    private void change(Cluster cluster, BiConsumer<WorldState, World> change) {
        World world = world(cluster);
        world.act((state, now) -> {
            change.accept(state, world);
            return null;
        });
    }

    private World world(Cluster cluster) {
        return clusters.world(cluster.name(), cluster.settings());
    }
}
