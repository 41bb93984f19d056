package nocobase.procedures.rehearsal;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.FailureException;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.cluster.RestorePoints;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.language.Messages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Restore points that come from another simulated cluster. */
record RehearsalTransfers(World world) {

    private static final Messages MESSAGES = Messages.of("rehearsal");

    private static final Logger LOG = LoggerFactory.getLogger(RehearsalTransfers.class);
    private static final int PERCENT = 100;

    Progress<RestorePoint> receive(String id, RestorePoints source) {
        SimulatedRestorePoint offered = offered(id, source);
        return world.act((state, now) -> {
            SimulatedRestorePoint point = state.restorePoints.get(id);
            if (point == null) {
                point = launch(state, offered, now);
            }
            if (point.dump.pending(now)) {
                return Progress.pending(MESSAGES.text("transfer.progress", id, point.dump.progress(now, PERCENT)));
            }
            if (point.dump.failed(now)) {
                state.restorePoints.remove(id);
                return Progress.failed(point.dump.failure());
            }
            return Progress.done(point.view(now));
        });
    }

    private SimulatedRestorePoint launch(WorldState state, SimulatedRestorePoint offered, Instant now) {
        LOG.info("{}: receiving restore point {}", world.cluster(), offered.id);
        state.happened(now, "receive " + offered.id);
        boolean fails = state.strikes(RehearsalFault.TRANSFER_FAILS_ONCE);
        Work transfer = new Work(now, world.pace().after(now, Pace.TRANSFER), fails ? Failures.transferBroke() : null);
        SimulatedRestorePoint point =
                SimulatedRestorePoint.withoutClone(offered.id, offered.content, offered.since(), transfer);
        state.restorePoints.put(point.id, point);
        return point;
    }

    /** The other cluster's restore point, which must have a durable copy. */
    private static SimulatedRestorePoint offered(String id, RestorePoints source) {
        if (!(source instanceof RehearsalRestorePoints other)) {
            throw new CannotProceedException(Failures.otherKind());
        }
        return other.world().look((state, now) -> {
            SimulatedRestorePoint point = state.restorePoints.get(id);
            if (point == null || !point.taken(now)) {
                throw new CannotProceedException(Failures.noRestorePoint(id));
            }
            if (!point.secured(now)) {
                throw new CannotProceedException(Failures.noDurableCopy(id));
            }
            return point;
        });
    }

    List<Check> compatibility(String id, RestorePoints source) {
        SimulatedRestorePoint offered;
        try {
            offered = offered(id, source);
        } catch (FailureException e) {
            return List.of(Check.fail(
                    MESSAGES.text("check.source"),
                    e.failure().what(),
                    e.failure().remedy()));
        }
        return world.look((state, now) -> List.of(
                version(offered.content, state, now),
                Check.pass(MESSAGES.text("check.server"), MESSAGES.text("check.server.both")),
                Check.pass(MESSAGES.text("check.tables"), MESSAGES.text("check.tables.equal")),
                Check.pass(MESSAGES.text("check.plugins"), MESSAGES.text("check.plugins.known")),
                Check.pass(MESSAGES.text("check.keys"), MESSAGES.text("check.keys.equal")),
                Check.pass(MESSAGES.text("check.transferRoom"), MESSAGES.text("check.transferRoom.found"))));
    }

    private static Check version(SimulatedDatabase content, WorldState state, Instant now) {
        String name = MESSAGES.text("check.version");
        Optional<Version> nodes = state.nodes.stream().map(node -> node.version).findFirst();
        if (nodes.isEmpty() || content.version() == null) {
            return Check.fail(name, MESSAGES.text("check.version.none"), MESSAGES.text("check.version.none.remedy"));
        }
        String finding = MESSAGES.text("check.version.both", content.version(), nodes.get());
        if (nodes.get().isBelow(content.version())) {
            return Check.fail(name, finding, MESSAGES.text("check.version.older.remedy", content.version()));
        }
        return nodes.get().equals(content.version())
                ? Check.pass(name, finding)
                : Check.warn(name, finding, MESSAGES.text("check.version.upgrades", nodes.get()));
    }
}
