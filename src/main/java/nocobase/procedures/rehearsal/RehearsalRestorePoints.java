package nocobase.procedures.rehearsal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.cluster.RestorePoints;
import nocobase.procedures.rehearsal.WorldState.SimulatedRestore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The simulated restore points. */
final class RehearsalRestorePoints implements RestorePoints {

    private static final Logger LOG = LoggerFactory.getLogger(RehearsalRestorePoints.class);
    private static final int PERCENT = 100;

    private final World world;
    private final int kept;

    /** @param kept how many restore points retention keeps */
    RehearsalRestorePoints(World world, int kept) {
        this.world = world;
        this.kept = kept;
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
                return Progress.pending("cloning database nocobase (1.3 GB), archiving the storage");
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
            }
            return null;
        });
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
                return Progress.pending("making the durable copy, " + point.dump.progress(now, PERCENT) + " %");
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
        boolean invalid = state.strikes(RehearsalFault.DUMP_INVALID) || state.strikes(RehearsalFault.DUMP_INVALID_ONCE);
        point.dump = work(now, Pace.DUMP, invalid ? Failures.dumpInvalid() : null);
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
            SimulatedRestore restore = state.restores.get(operation.value());
            if (restore == null || !restore.restorePoint().equals(restorePoint)) {
                Optional<Failure> refusal = refusalToRestore(state, point, now);
                if (refusal.isPresent()) {
                    return Progress.failed(refusal.get());
                }
                restore = launchRestore(state, point, operation, now);
            }
            if (restore.work().pending(now)) {
                return Progress.pending(
                        "restoring database nocobase, " + restore.work().progress(now, PERCENT) + " %");
            }
            if (restore.work().failed(now)) {
                state.restores.remove(operation.value());
                return Progress.failed(restore.work().failure());
            }
            return Progress.done(point.view(now));
        });
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
        Duration nominal = point.cloneGone ? Pace.RESTORE_FROM_DUMP : Pace.SWAP;
        SimulatedRestore restore = new SimulatedRestore(point.id, work(now, nominal, failure), false);
        state.restores.put(operation.value(), restore);
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
        return world.look((state, now) ->
                newestFirst(state, now).stream().map(point -> point.view(now)).toList());
    }

    private static List<SimulatedRestorePoint> newestFirst(WorldState state, Instant now) {
        List<SimulatedRestorePoint> points = new ArrayList<>(state.restorePoints.values().stream()
                .filter(point -> point.taken(now))
                .toList());
        points.sort(Comparator.comparing((SimulatedRestorePoint point) -> point.clone.since())
                .reversed());
        return points;
    }

    @Override
    public void prune(Set<String> keep) {
        world.act((state, now) -> {
            if (state.strikes(RehearsalFault.TIDY_UP_FAILS_ONCE)) {
                throw new CannotProceedException(Failures.tidyUpBroke());
            }
            Set<String> staying = staying(state, keep, now);
            List<String> surplus = newestFirst(state, now).stream()
                    .map(point -> point.id)
                    .filter(id -> !staying.contains(id))
                    .toList();
            for (String id : surplus) {
                LOG.info("{}: removing restore point {}", world.cluster(), id);
                state.restorePoints.remove(id);
                state.happened(now, "remove restore point " + id);
            }
            return null;
        });
    }

    /** The protected ones, the newest that retention keeps, and always the newest that can still be restored. */
    private Set<String> staying(WorldState state, Set<String> keep, Instant now) {
        List<SimulatedRestorePoint> points = newestFirst(state, now);
        Set<String> staying = points.stream().limit(kept).map(point -> point.id).collect(Collectors.toSet());
        points.stream().filter(point -> !point.spent(now)).findFirst().ifPresent(point -> staying.add(point.id));
        staying.addAll(keep);
        return staying;
    }

    @Override
    public void dropClone(OperationId operation) {
        world.act((state, now) -> {
            SimulatedRestorePoint point = taken(state, operation.value(), now);
            if (point.cloneGone) {
                return null;
            }
            if (!point.secured(now)) {
                throw new CannotProceedException(Failure.of(
                        "The clone of restore point " + point.id + " is its only copy and is not dropped.",
                        "Make and verify its durable copy first."));
            }
            LOG.info("{}: dropping the clone of restore point {}", world.cluster(), point.id);
            state.happened(now, "drop clone " + point.id);
            point.cloneGone = true;
            return null;
        });
    }

    @Override
    public List<Check> check() {
        return List.of(
                Check.pass("Room for the clone", "The database has 1.3 GB, its disk 41 GB free."),
                Check.pass("Privileges", "The role nocobase owns the database and may create databases."),
                Check.pass("Foreign sessions", "Nobody but the nodes is connected, no prepared transaction is open."),
                Check.pass("Database tools", "pg_dump 15 for server 15."));
    }
}
