package nocobase.procedures.rehearsal;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.Installation;
import nocobase.procedures.cluster.NocoBase;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Plugin;
import nocobase.procedures.cluster.PluginChange;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Version;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The simulated application. */
final class RehearsalNocoBase implements NocoBase {

    private static final Logger LOG = LoggerFactory.getLogger(RehearsalNocoBase.class);
    private static final String DATABASE = "Database";

    private final World world;

    RehearsalNocoBase(World world) {
        this.world = world;
    }

    @Override
    public Progress<Readiness> ready(Node node, Version version) {
        return world.look((state, now) -> {
            SimulatedNode found = state.node(node.name());
            return found == null
                    ? Progress.failed(Failures.notRunning(node.name()))
                    : readiness(state, found, version, now);
        });
    }

    private Progress<Readiness> readiness(WorldState state, SimulatedNode node, Version version, Instant now) {
        return switch (node.phase) {
            case STOPPED -> Progress.failed(Failures.notRunning(node.name));
            case ENDED -> Progress.failed(takeEnd(node, now));
            case ERROR -> Progress.failed(Failures.appError(node, log(node, now)));
            case STOPPING -> Progress.pending("stopping");
            case BOOTING -> Progress.pending("not answering yet: connection refused");
            case INSTALLING, UPGRADING, LOADING -> Progress.pending(RehearsalLog.busy(node, now));
            case CHANGING_PLUGINS -> Progress.pending(node.change.text());
            case READY -> proof(state, node, version);
        };
    }

    /** Reported: the runtime need not report it again when the node is started anew. */
    private Failure takeEnd(SimulatedNode node, Instant now) {
        node.unreported = null;
        return Failures.ended(node, log(node, now));
    }

    private static Progress<Readiness> proof(WorldState state, SimulatedNode node, Version version) {
        if (!node.version.equals(version)) {
            return Progress.failed(Failures.wrongVersion(node.name, node.version, version));
        }
        Version recorded = state.database.version();
        if (recorded != null && version.isBelow(recorded)) {
            return Progress.failed(Failures.newerDatabase(node.name, version, recorded));
        }
        if (!version.equals(recorded)) {
            return Progress.pending("healthy, the database is still at version " + state.database.version());
        }
        return Progress.done(new Readiness(node.name, version, node.loaded()));
    }

    private String log(SimulatedNode node, Instant now) {
        return RehearsalLog.tail(node, world.pace(), now, Failures.LOG_LINES);
    }

    @Override
    public Optional<Version> recordedVersion() {
        return world.look((state, now) -> Optional.ofNullable(state.database.version()));
    }

    @Override
    public Installation installation() {
        return world.look((state, now) -> installation(state.database));
    }

    private static Installation installation(SimulatedDatabase database) {
        if (database.version() != null) {
            return new Installation(
                    Installation.Kind.INSTALLED, database.version(), "NocoBase " + database.version() + ".");
        }
        if (database.half()) {
            return new Installation(
                    Installation.Kind.HALF_INSTALLED,
                    null,
                    "48 tables of NocoBase without a recorded version: an installation began and did not end.");
        }
        if (!database.foreign().isEmpty()) {
            return new Installation(
                    Installation.Kind.FOREIGN,
                    null,
                    database.foreign().size() + " tables, none of them NocoBase's: "
                            + String.join(", ", database.foreign()) + ".");
        }
        return new Installation(Installation.Kind.EMPTY, null, "No table.");
    }

    @Override
    public List<Plugin> plugins() {
        return world.look((state, now) ->
                List.copyOf(SimulatedPlugins.recorded(state.database).values()));
    }

    @Override
    public Progress<List<Plugin>> ensurePlugins(Node node, Set<String> required) {
        for (String name : new TreeSet<>(required)) {
            Progress<Plugin> enabled = change(node, PluginChange.enable(name));
            if (!(enabled instanceof Progress.Done<Plugin>)) {
                return enabled.then(never -> Progress.done(List.of()));
            }
        }
        return Progress.done(plugins());
    }

    @Override
    public Progress<Plugin> change(Node node, PluginChange change) {
        return world.act((state, now) -> {
            SimulatedNode found = state.node(node.name());
            if (found == null || found.phase == SimulatedNode.Phase.STOPPED) {
                return Progress.failed(Failures.notRunning(node.name()));
            }
            if (found.phase != SimulatedNode.Phase.READY) {
                return this.<Plugin>waiting(state, found, now);
            }
            if (found.changeFailure != null) {
                Failure failure = found.changeFailure;
                found.changeFailure = null;
                return Progress.failed(failure);
            }
            if (SimulatedPlugins.reached(state, change)) {
                return Progress.done(SimulatedPlugins.find(state, change.name()).orElse(removed(change)));
            }
            if (change.kind() == PluginChange.Kind.DISABLE
                    && SimulatedPlugins.find(state, change.name())
                            .filter(Plugin::builtIn)
                            .isPresent()) {
                return Progress.failed(Failures.builtIn(change.name()));
            }
            LOG.info("{}: {} on node {}", world.cluster(), change.text(), node.name());
            world.simulation().change(state, found, change, now);
            return Progress.pending(node.name() + ": " + change.text());
        });
    }

    /** Busy, or failed for good: as readiness says. */
    private <T> Progress<T> waiting(WorldState state, SimulatedNode node, Instant now) {
        Progress<Readiness> readiness = readiness(state, node, node.version, now);
        return readiness instanceof Progress.Pending<Readiness> busy
                ? Progress.pending(node.name + ": " + busy.text())
                : readiness.then(ready -> Progress.pending(node.name + " is ready"));
    }

    private static Plugin removed(PluginChange change) {
        return new Plugin(change.name(), change.name(), "", false, false, false);
    }

    @Override
    public List<Check> checkFirstStart() {
        return world.look((state, now) -> List.of(firstStartCheck(state)));
    }

    private static Check firstStartCheck(WorldState state) {
        Installation found = installation(state.database);
        Version image = state.nodes.isEmpty() ? null : state.nodes.get(0).version;
        return switch (found.kind()) {
            case EMPTY -> Check.pass(DATABASE, "It is empty: the first node will install NocoBase " + image + ".");
            case INSTALLED ->
                found.version().equals(image)
                        ? Check.pass(
                                DATABASE, "It holds an installation of " + image + ", the nodes' version. It is kept.")
                        : Check.fail(
                                DATABASE,
                                "It holds an installation of " + found.version() + ", the nodes have " + image + ".",
                                found.version().isBelow(image)
                                        ? "A first start upgrades nothing: use the procedure \"Version upgrade\"."
                                        : "An older version on a newer database damages data silently: give the nodes the"
                                                + " image of " + found.version() + ".");
            case HALF_INSTALLED ->
                Check.warn(DATABASE, found.text(), "Accept it to let the first node, alone, go on with it.");
            case FOREIGN ->
                Check.fail(
                        DATABASE,
                        found.text(),
                        "NocoBase would install between them. Give it a database of its own"
                                + " (procedures.clusters.<name>.database and DB_DATABASE of the nodes).");
        };
    }

    @Override
    public List<Check> check(Version target) {
        return world.look((state, now) -> List.of(databaseCheck(state), versionCheck(state, target)));
    }

    private static Check databaseCheck(WorldState state) {
        return state.database.damage() == null
                ? Check.pass(
                        "Database",
                        "It answers; all "
                                + SimulatedPlugins.enabled(state.database).size() + " enabled plugins are installed.")
                : Check.fail(
                        "Database",
                        "An upgrade failed half way: " + state.database.damage() + ".",
                        "Restore a restore point with the procedure \"Return to service\".");
    }

    private static Check versionCheck(WorldState state, Version target) {
        Version recorded = state.database.version();
        if (target == null || recorded == null || recorded.isBelow(target)) {
            return Check.pass("Target version", "The database says " + recorded + ".");
        }
        if (target.equals(recorded)) {
            return Check.fail(
                    "Target version",
                    "The database is at " + recorded + " already.",
                    "Nothing to upgrade. Choose a newer version.");
        }
        return Check.fail(
                "Target version",
                "The database says " + recorded + ", which is above the target " + target
                        + ": the older image would start and damage the data silently.",
                "Choose a version above " + recorded + ". The only way back is a restore point.");
    }
}
