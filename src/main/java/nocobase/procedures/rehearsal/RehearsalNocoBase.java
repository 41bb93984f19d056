package nocobase.procedures.rehearsal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.Installation;
import nocobase.procedures.cluster.NocoBase;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Plugin;
import nocobase.procedures.cluster.PluginChange;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.SubApplicationsSeen;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.cluster.VersionRules;
import nocobase.procedures.language.Messages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The simulated application. */
final class RehearsalNocoBase implements NocoBase {

    private static final Messages MESSAGES = Messages.of("rehearsal");

    private static final Logger LOG = LoggerFactory.getLogger(RehearsalNocoBase.class);
    private static final String DATABASE = "check.database";

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
            case ERROR -> Progress.failed(error(state, node, version, now));
            case STOPPING -> Progress.pending("stopping");
            case BOOTING -> Progress.pending(MESSAGES.text("ready.refused"));
            case INSTALLING, UPGRADING, LOADING -> Progress.pending(RehearsalLog.busy(node, now));
            case CHANGING_PLUGINS -> Progress.pending(node.change.text());
            case READY -> proof(state, node, version);
        };
    }

    /** One that ended in the upgrade ends there each time. */
    private Failure error(WorldState state, SimulatedNode node, Version version, Instant now) {
        Failure failure = Failures.appError(node, log(node, now));
        Version recorded = state.database.version();
        return recorded != null && recorded.isBelow(version) ? failure.thatLasts() : failure;
    }

    /** Reported: the runtime need not report it again when the node is started anew. */
    private Failure takeEnd(SimulatedNode node, Instant now) {
        node.unreported = null;
        return Failures.ended(node, log(node, now));
    }

    private static Progress<Readiness> proof(WorldState state, SimulatedNode node, Version version) {
        if (!node.version.equals(version)) {
            return Progress.failed(
                    Failures.wrongVersion(node.name, node.version, version).thatLasts());
        }
        Version recorded = state.database.version();
        if (recorded != null && version.isBelow(recorded)) {
            return Progress.failed(
                    Failures.newerDatabase(node.name, version, recorded).thatLasts());
        }
        if (!version.equals(recorded)) {
            return Progress.pending(MESSAGES.text("ready.databaseBehind", state.database.version()));
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
            return new Installation(Installation.Kind.HALF_INSTALLED, null, MESSAGES.text("installation.unfinished"));
        }
        if (!database.foreign().isEmpty()) {
            return new Installation(
                    Installation.Kind.FOREIGN,
                    null,
                    MESSAGES.text(
                            "installation.foreign", database.foreign().size(), String.join(", ", database.foreign())));
        }
        return new Installation(Installation.Kind.EMPTY, null, MESSAGES.text("installation.none"));
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
                : readiness.then(ready -> Progress.pending(MESSAGES.text("ready.done", node.name)));
    }

    private static Plugin removed(PluginChange change) {
        return new Plugin(change.name(), change.name(), "", false, false, false);
    }

    @Override
    public Map<String, String> subApplications() {
        return world.look((state, now) -> {
            Map<String, String> versions = new TreeMap<>();
            state.subApplications.forEach((name, version) -> versions.put(name, version.toString()));
            return versions;
        });
    }

    @Override
    public Progress<SubApplicationsSeen> askSubApplications(Node node, Version version, Set<String> before) {
        return world.act((state, now) -> {
            Map<String, String> doubtful = new TreeMap<>();
            state.subApplications.replaceAll((name, recorded) -> {
                if (SimulatedPlugins.broken(name)) {
                    doubtful.put(name, MESSAGES.text("subApplication.broken"));
                    return recorded;
                }
                return version;
            });
            List<String> answering = state.subApplications.keySet().stream()
                    .filter(name -> !doubtful.containsKey(name))
                    .toList();
            return Progress.done(new SubApplicationsSeen(answering, doubtful));
        });
    }

    @Override
    public List<Check> checkFirstStart() {
        return world.look((state, now) -> List.of(firstStartCheck(state, now)));
    }

    private Check firstStartCheck(WorldState state, Instant now) {
        Installation found = installation(state.database);
        return switch (found.kind()) {
            case EMPTY ->
                Check.pass(
                        MESSAGES.text(DATABASE),
                        MESSAGES.text(
                                "check.database.empty", state.nodes.isEmpty() ? null : state.nodes.get(0).version));
            case INSTALLED ->
                VersionRules.firstStart(
                        MESSAGES.text(DATABASE),
                        MESSAGES.text("check.database.installed", found.version()),
                        found.version(),
                        world.state(state, now).nodes());
            case HALF_INSTALLED ->
                Check.warn(MESSAGES.text(DATABASE), found.text(), MESSAGES.text("check.database.unfinished.remedy"));
            case FOREIGN ->
                Check.fail(MESSAGES.text(DATABASE), found.text(), MESSAGES.text("check.database.foreign.remedy"));
        };
    }

    @Override
    public List<Check> check(Version target) {
        return world.look((state, now) -> {
            List<Check> checks = new ArrayList<>(List.of(databaseCheck(state)));
            if (state.database.version() != null) {
                checks.addAll(VersionRules.installed(
                        state.database.version(),
                        target,
                        world.state(state, now).nodes(),
                        state.nodes.stream().map(RehearsalNocoBase::told).toList()));
            }
            return checks;
        });
    }

    private static Check databaseCheck(WorldState state) {
        if (state.database.version() == null) {
            return Check.fail(MESSAGES.text(DATABASE), MESSAGES, "check.database.noVersion.");
        }
        return state.database.damage() == null
                ? Check.pass(
                        MESSAGES.text(DATABASE),
                        MESSAGES.text(
                                "check.database.answers",
                                SimulatedPlugins.enabled(state.database).size()))
                : Check.fail(
                                MESSAGES.text(DATABASE),
                                MESSAGES.text("check.database.damaged", state.database.damage()),
                                MESSAGES.text("check.database.damaged.remedy"))
                        .mendedByReturn();
    }

    private static VersionRules.Told told(SimulatedNode node) {
        return new VersionRules.Told(
                node.name, node.running(), node.phase == SimulatedNode.Phase.READY ? node.version.toString() : null);
    }
}
