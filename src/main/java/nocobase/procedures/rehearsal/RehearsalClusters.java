package nocobase.procedures.rehearsal;

import java.time.Clock;
import javax.sql.DataSource;
import nocobase.procedures.cluster.Cluster;
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

    World world(String name, ClusterSettings settings) {
        Pace pace = new Pace(settings.rehearsal().timeScale());
        return new World(name, store, new Simulation(pace), clock);
    }
}
