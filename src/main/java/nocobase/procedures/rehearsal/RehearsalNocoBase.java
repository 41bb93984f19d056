package nocobase.procedures.rehearsal;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.NocoBase;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Version;

/** The simulated application. */
final class RehearsalNocoBase implements NocoBase {

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
            case STOPPING -> Progress.pending(node.name + " is stopping");
            case BOOTING -> Progress.pending(node.name + ": connection refused");
            case INSTALLING, UPGRADING, LOADING -> Progress.pending(node.name + ": " + RehearsalLog.busy(node, now));
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
            return Progress.pending(node.name + ": the database says version " + state.database.version());
        }
        return Progress.done(new Readiness(node.name, version, RehearsalLog.PLUGINS));
    }

    private String log(SimulatedNode node, Instant now) {
        return RehearsalLog.tail(node, world.pace(), now, Failures.LOG_LINES);
    }

    @Override
    public Optional<Version> recordedVersion() {
        return world.look((state, now) -> Optional.ofNullable(state.database.version()));
    }

    @Override
    public List<Check> check(Version target) {
        return world.look((state, now) -> List.of(databaseCheck(state), versionCheck(state, target)));
    }

    private static Check databaseCheck(WorldState state) {
        return state.database.damage() == null
                ? Check.pass("Database", "It answers; all 77 enabled plugins are installed.")
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
