package nocobase.procedures.rehearsal;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.Holding;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.cluster.RestorePoints;
import nocobase.procedures.language.Messages;
import nocobase.procedures.rehearsal.WorldState.SimulatedRestore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The simulated restore points. */
final class RehearsalRestorePoints implements RestorePoints {

    private static final Messages MESSAGES = Messages.of("rehearsal");

    private static final Logger LOG = LoggerFactory.getLogger(RehearsalRestorePoints.class);
    private static final int PERCENT = 100;
    private static final int TABLES = 214;
    private static final long ROWS = 1_840_311;

    private final World world;
    private final SimulatedRetention retention;
    private final RehearsalTransfers transfers;

    /** @param kept how many restore points retention keeps */
    RehearsalRestorePoints(World world, int kept) {
        this.world = world;
        this.retention = new SimulatedRetention(world.cluster(), kept);
        this.transfers = new RehearsalTransfers(world);
    }

    World world() {
        return world;
    }

    @Override
    public Progress<RestorePoint> take(OperationId operation) {
        return world.act((state, now) -> {
            SimulatedRestorePoint point = state.restorePoints.get(operation.value());
            if (point == null || point.clone == null) {
                Optional<String> session = sessionOn(state);
                if (session.isPresent()) {
                    return Progress.failed(Failures.sessions(session.get()));
                }
                point = launchClone(state, operation, now);
            }
            if (point.clone.pending(now)) {
                return Progress.pending(MESSAGES.text("take.progress"));
            }
            if (point.clone.failed(now)) {
                state.restorePoints.remove(operation.value());
                return Progress.failed(point.clone.failure());
            }
            return Progress.done(point.view(now));
        });
    }

    @Override
    public void discard(OperationId operation) {
        world.act((state, now) -> {
            SimulatedRestorePoint point = state.restorePoints.get(operation.value());
            if (point != null && point.clone != null && point.clone.pending(now)) {
                LOG.info("{}: cancelling the clone for restore point {}", world.cluster(), operation);
                state.happened(now, "cancel clone " + operation);
                state.restorePoints.remove(operation.value());
            } else if (point != null && point.online && point.dump.pending(now)) {
                LOG.info("{}: cancelling the dump for restore point {}", world.cluster(), operation);
                state.happened(now, "cancel dump " + operation);
                state.restorePoints.remove(operation.value());
            }
            return null;
        });
    }

    @Override
    public Progress<RestorePoint> takeOnline(OperationId operation) {
        return world.act((state, now) -> {
            SimulatedRestorePoint point = state.restorePoints.get(operation.value());
            if (point == null) {
                point = launchOnline(state, operation, now);
            }
            if (point.dump != null && point.dump.pending(now)) {
                return Progress.pending(MESSAGES.text("take.online", point.dump.progress(now, PERCENT)));
            }
            if (point.dump != null && point.dump.failed(now)) {
                state.restorePoints.remove(point.id);
                return Progress.failed(point.dump.failure());
            }
            return Progress.done(point.view(now));
        });
    }

    private SimulatedRestorePoint launchOnline(WorldState state, OperationId operation, Instant now) {
        LOG.info("{}: dumping the running database nocobase for restore point {}", world.cluster(), operation);
        state.happened(now, "dump online " + operation);
        state.running().stream()
                .filter(SimulatedNode::changesDatabase)
                .forEach(node -> state.violated(
                        now,
                        "restore point " + operation + " is taken online while " + node.name
                                + " changes the database"));
        SimulatedRestorePoint point = SimulatedRestorePoint.withoutClone(
                operation.value(), state.database, now, work(now, Pace.DUMP_ONLINE, dumpFault(state)));
        point.online = true;
        state.restorePoints.put(point.id, point);
        return point;
    }

    private static Failure dumpFault(WorldState state) {
        boolean invalid = state.strikes(RehearsalFault.DUMP_INVALID) || state.strikes(RehearsalFault.DUMP_INVALID_ONCE);
        return invalid ? Failures.dumpInvalid() : null;
    }

    private static Optional<String> sessionOn(WorldState state) {
        return state.running().stream().map(node -> node.name).findFirst();
    }

    private SimulatedRestorePoint launchClone(WorldState state, OperationId operation, Instant now) {
        LOG.info("{}: cloning database nocobase for restore point {}", world.cluster(), operation);
        state.happened(now, "clone " + operation);
        SimulatedRestorePoint point = new SimulatedRestorePoint();
        point.id = operation.value();
        point.content = state.database;
        boolean fails = state.strikes(RehearsalFault.BACKUP_FAILS) || state.strikes(RehearsalFault.BACKUP_FAILS_ONCE);
        point.clone = work(now, Pace.CLONE, fails ? Failures.noRoom() : null);
        state.restorePoints.put(point.id, point);
        return point;
    }

    private Work work(Instant now, Duration nominal, Failure failure) {
        return new Work(now, world.pace().after(now, nominal), failure);
    }

    @Override
    public Progress<RestorePoint> secure(OperationId operation) {
        return world.act((state, now) -> {
            SimulatedRestorePoint point = taken(state, operation.value(), now);
            if (point.spent(now)) {
                return Progress.failed(Failures.spent(point.id));
            }
            if (point.dump == null) {
                launchDump(state, point, now);
            }
            if (point.dump.pending(now)) {
                return Progress.pending(MESSAGES.text("secure.progress", point.dump.progress(now, PERCENT)));
            }
            if (point.dump.failed(now)) {
                Failure failure = point.dump.failure();
                point.dump = null;
                return Progress.failed(failure);
            }
            return Progress.done(point.view(now));
        });
    }

    private void launchDump(WorldState state, SimulatedRestorePoint point, Instant now) {
        LOG.info("{}: dumping the clone of restore point {}", world.cluster(), point.id);
        state.happened(now, "dump " + point.id);
        point.dump = work(now, Pace.DUMP, dumpFault(state));
    }

    private static SimulatedRestorePoint taken(WorldState state, String id, Instant now) {
        SimulatedRestorePoint point = state.restorePoints.get(id);
        if (point == null || !point.taken(now)) {
            throw new CannotProceedException(Failures.noRestorePoint(id));
        }
        return point;
    }

    @Override
    public Progress<RestorePoint> restore(String restorePoint, OperationId operation) {
        return world.act((state, now) -> {
            SimulatedRestorePoint point = taken(state, restorePoint, now);
            String restoral = WorldState.restoral(restorePoint, operation.value());
            SimulatedRestore restore = state.restores.get(restoral);
            if (restore == null) {
                Optional<Failure> refusal = refusalToRestore(state, point, now);
                if (refusal.isPresent()) {
                    return Progress.failed(refusal.get());
                }
                restore = launchRestore(state, point, operation, now);
            }
            if (restore.work().pending(now)) {
                return Progress.pending(
                        MESSAGES.text("restore.progress", restore.work().progress(now, PERCENT)));
            }
            if (restore.work().failed(now)) {
                state.restores.remove(restoral);
                return Progress.failed(restore.work().failure());
            }
            return Progress.done(point.view(now));
        });
    }

    @Override
    public Progress<RestorePoint.Proof> verify(String restorePoint, OperationId operation) {
        return world.act((state, now) -> {
            SimulatedRestorePoint point = taken(state, restorePoint, now);
            if (point.proof != null && point.proof.operation().equals(operation.value())) {
                return Progress.done(point.proof);
            }
            if (!point.secured(now)) {
                return Progress.failed(Failures.noDurableCopy(restorePoint));
            }
            if (point.trial == null) {
                launchTrial(state, point, operation, now);
            }
            if (point.trial.pending(now)) {
                return Progress.pending(MESSAGES.text("prove.progress", point.trial.progress(now, PERCENT)));
            }
            return tried(state, point, now);
        });
    }

    private void launchTrial(WorldState state, SimulatedRestorePoint point, OperationId operation, Instant now) {
        LOG.info("{}: trying to restore restore point {} into a scratch database", world.cluster(), point.id);
        state.happened(now, "verify " + point.id);
        boolean fails = state.strikes(RehearsalFault.PROOF_FAILS_ONCE);
        point.trial = work(now, Pace.TRIAL, fails ? Failures.proofFailed(point.id) : null);
        point.trialOf = operation.value();
    }

    private static Progress<RestorePoint.Proof> tried(WorldState state, SimulatedRestorePoint point, Instant now) {
        Work trial = point.trial;
        point.trial = null;
        if (trial.failed(now)) {
            return Progress.failed(trial.failure());
        }
        point.proof = new RestorePoint.Proof(point.trialOf, trial.ends(), TABLES, ROWS);
        state.happened(trial.ends(), "proven " + point.id);
        return Progress.done(point.proof);
    }

    @Override
    public Progress<List<Holding>> setAside(OperationId operation) {
        return world.act((state, now) -> {
            String name = SimulatedDatabase.NAME + "_aside_" + operation.shortId();
            Optional<Failure> sessions = sessionOn(state).map(Failures::sessions);
            if (state.asides.stream().noneMatch(aside -> aside.name().equals(name))) {
                if (sessions.isPresent()) {
                    return Progress.failed(sessions.get());
                }
                LOG.info("{}: setting database nocobase aside as {}", world.cluster(), name);
                state.happened(now, "set aside database as " + name);
                state.asides.add(new WorldState.Aside(operation.value(), Holding.Kind.DATABASE, name, now));
                state.database = SimulatedDatabase.empty();
            }
            return Progress.done(retention.holdings(state, now).stream()
                    .filter(holding -> holding.name().equals(name))
                    .toList());
        });
    }

    @Override
    public Progress<RestorePoint> receive(String restorePoint, RestorePoints source) {
        return transfers.receive(restorePoint, source);
    }

    @Override
    public List<Check> compatibility(String restorePoint, RestorePoints source) {
        return transfers.compatibility(restorePoint, source);
    }

    private static Optional<Failure> refusalToRestore(WorldState state, SimulatedRestorePoint point, Instant now) {
        Optional<Failure> sessions = sessionOn(state).map(Failures::sessions);
        return sessions.isPresent() || !point.spent(now) ? sessions : Optional.of(Failures.spent(point.id));
    }

    private SimulatedRestore launchRestore(
            WorldState state, SimulatedRestorePoint point, OperationId operation, Instant now) {
        LOG.info("{}: restoring restore point {}", world.cluster(), point.id);
        state.happened(now, "restore " + point.id);
        Failure failure = state.strikes(RehearsalFault.RESTORE_FAILS_ONCE) ? Failures.restoreBroke() : null;
        if (failure == null && point.dump != null && !point.secured(now)) {
            point.dump = null;
            state.happened(now, "dump cancelled");
        }
        Duration nominal = point.hasClone() ? Pace.SWAP : Pace.RESTORE_FROM_DUMP;
        SimulatedRestore restore = new SimulatedRestore(point.id, work(now, nominal, failure), false);
        state.restores.put(WorldState.restoral(point.id, operation.value()), restore);
        return restore;
    }

    @Override
    public Optional<RestorePoint> find(String id) {
        return world.look((state, now) -> Optional.ofNullable(state.restorePoints.get(id))
                .filter(point -> point.taken(now))
                .map(point -> point.view(now)));
    }

    @Override
    public List<RestorePoint> list() {
        return world.look((state, now) -> SimulatedRetention.newestFirst(state, now).stream()
                .map(point -> point.view(now))
                .toList());
    }

    @Override
    public List<Holding> holdings() {
        return world.look(retention::holdings);
    }

    @Override
    public List<Holding> surplus(Set<String> keep) {
        return world.look((state, now) -> retention.surplus(state, keep, now));
    }

    @Override
    public void prune(Set<String> keep) {
        world.act((state, now) -> {
            if (state.strikes(RehearsalFault.TIDY_UP_FAILS_ONCE)) {
                throw new CannotProceedException(Failures.tidyUpBroke());
            }
            retention.prune(state, keep, now);
            return null;
        });
    }

    @Override
    public Progress<RestorePoint> dropClone(OperationId operation) {
        return world.act((state, now) -> {
            SimulatedRestorePoint point = taken(state, operation.value(), now);
            if (point.hasClone() && point.secured(now)) {
                LOG.info("{}: dropping the clone of restore point {}", world.cluster(), point.id);
                state.happened(now, "drop clone " + point.id);
                point.cloneGone = true;
            }
            return Progress.done(point.view(now));
        });
    }

    @Override
    public long databaseSize() {
        return SimulatedRetention.DATABASE_BYTES;
    }

    @Override
    public List<Check> check() {
        return List.of(
                Check.pass(MESSAGES.text("check.cloneRoom"), MESSAGES.text("check.cloneRoom.found")),
                Check.pass(MESSAGES.text("check.rights"), MESSAGES.text("check.rights.enough")),
                Check.pass(MESSAGES.text("check.sessions"), MESSAGES.text("check.sessions.none")),
                Check.pass(MESSAGES.text("check.tools"), MESSAGES.text("check.tools.fit")),
                Check.pass(MESSAGES.text("check.dryRun"), MESSAGES.text("check.dryRun.done")));
    }
}
