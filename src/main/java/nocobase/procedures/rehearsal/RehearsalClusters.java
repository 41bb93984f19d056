package nocobase.procedures.rehearsal;

import java.time.Clock;
import java.util.List;
import javax.sql.DataSource;
import nocobase.procedures.cluster.Cluster;
import nocobase.procedures.cluster.ClusterFence;
import nocobase.procedures.cluster.ClusterSettings;
import nocobase.procedures.cluster.RehearsalSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes rehearsal clusters. Their worlds are rows of the table {@code rehearsal_world} in the engine's database, and what
 * happens in them is computed from the clock: no thread runs, nothing is lost by a restart, and several engine instances see
 * the same world. Effects are committed at once, outside the caller's transaction, as those of a real
 * cluster are.
 */
public final class RehearsalClusters {

    private static final Logger LOG = LoggerFactory.getLogger(RehearsalClusters.class);
    private static final int DEFAULT_KEPT = 3;

    private final WorldStore store;
    private final Clock clock;

    /**
     * @param dataSource the engine's database, PostgreSQL
     * @param clock the time of the simulated worlds; tests pass one that they set
     */
    public RehearsalClusters(DataSource dataSource, Clock clock) {
        this.store = new WorldStore(dataSource);
        this.clock = clock;
    }

    /** The cluster with its ports; its world begins, serving, unless there is one already. */
    public Cluster create(String name, ClusterSettings settings) {
        World world = world(name, settings);
        begin(name, settings.rehearsal());
        int kept = settings.restorePoints() == null
                ? DEFAULT_KEPT
                : settings.restorePoints().keep();
        return new Cluster(
                name,
                settings,
                new RehearsalRuntime(world),
                new RehearsalFence(world),
                new RehearsalBalancer(world),
                new RehearsalRestorePoints(world, kept),
                new RehearsalNocoBase(world));
    }

    private void begin(String name, RehearsalSettings settings) {
        store.createIfAbsent(name, () -> WorldState.serving(settings, clock.instant()));
        int nodes = store.read(name).world().nodes.size();
        if (nodes != settings.nodes()) {
            LOG.info(
                    "{}: the configuration says {} nodes, not {}: its world begins anew",
                    name,
                    settings.nodes(),
                    nodes);
            store.replace(name, WorldState.serving(settings, clock.instant()));
        }
    }

    /** Begins the world anew: all nodes serve the configured version, no restore point, no fault. */
    public void reset(Cluster cluster) {
        LOG.info("{}: its world begins anew", cluster.name());
        store.replace(cluster.name(), WorldState.serving(cluster.settings().rehearsal(), clock.instant()));
    }

    /** Begins the world anew as a cluster that was never started: stopped nodes, an empty database, the 503 page. */
    public void resetToNeverStarted(Cluster cluster) {
        LOG.info("{}: its world begins anew, never started", cluster.name());
        store.replace(cluster.name(), WorldState.neverStarted(cluster.settings().rehearsal(), clock.instant()));
    }

    /** Puts tables that are not NocoBase's into the database of a cluster that was never started. */
    public void fillWithForeignTables(Cluster cluster) {
        world(cluster)
                .act((state, now) ->
                        state.database = state.database.withForeignTables(List.of("customers", "orders", "stock")));
    }

    /** As if it had been started once. One whose name ends with {@code -broken} never answers again. */
    public void addSubApplication(Cluster cluster, String name) {
        world(cluster).act((state, now) -> state.subApplications.put(name, state.database.version()));
    }

    /** Leaves the database as an installation that was killed in the middle does. */
    public void leaveHalfInstalled(Cluster cluster) {
        world(cluster).act((state, now) -> state.database = state.database.halfInstalled());
    }

    /** Lets the fault strike once, at its next opportunity, whatever the target version is. */
    public void order(Cluster cluster, RehearsalFault fault) {
        world(cluster).act((state, now) -> state.ordered.add(fault));
    }

    /** A node's container ends by itself, now. */
    public void kill(Cluster cluster, String node) {
        World world = world(cluster);
        world.act((state, now) -> {
            world.simulation().kill(state, state.node(node), now);
            return null;
        });
    }

    /** Somebody else starts a node's container behind the procedure's back, now. */
    public void startByHand(Cluster cluster, String node) {
        World world = world(cluster);
        world.act((state, now) -> {
            world.simulation().start(state, state.node(node), now);
            return null;
        });
    }

    /** Makes the fence what another engine, or a later past of this one, would have left; null as if somebody removed it. */
    public void fence(Cluster cluster, ClusterFence.Mark mark) {
        world(cluster).act((state, now) -> state.fence = mark);
    }

    /** The world as it is now. */
    public RehearsalWorld observe(Cluster cluster) {
        return world(cluster).look(WorldState::view);
    }

    private World world(Cluster cluster) {
        return world(cluster.name(), cluster.settings());
    }

    private World world(String name, ClusterSettings settings) {
        Pace pace = new Pace(settings.rehearsal().timeScale());
        return new World(name, store, new Simulation(pace), clock);
    }
}
