package nocobase.procedures.rehearsal;

import java.time.Instant;
import java.util.List;
import nocobase.procedures.cluster.RestorePoint;

/** A restore point: what it holds, and the work on its copies. */
final class SimulatedRestorePoint {

    private static final long CLONE_BYTES = 1_312_000_000L;
    private static final long DUMP_BYTES = 214_000_000L;

    String id;
    SimulatedDatabase content;
    /** The cloning, or null before it is launched. */
    Work clone;

    boolean cloneGone;
    /** The dump with its verification, or null while there is none. */
    Work dump;
    /** When it was taken, for one that never had a clone: taken online, or received; otherwise null. */
    Instant takenAt;
    /** Whether the dump is made from the running database. */
    boolean online;
    /** The trial restore that an operation asked for, or null. */
    Work trial;

    String trialOf;
    RestorePoint.Proof proof;

    static SimulatedRestorePoint withoutClone(String id, SimulatedDatabase content, Instant takenAt, Work dump) {
        SimulatedRestorePoint point = new SimulatedRestorePoint();
        point.id = id;
        point.content = content;
        point.takenAt = takenAt;
        point.dump = dump;
        return point;
    }

    boolean taken(Instant now) {
        return takenAt != null ? secured(now) : clone != null && clone.done(now);
    }

    boolean secured(Instant now) {
        return dump != null && dump.done(now);
    }

    boolean hasClone() {
        return clone != null && !cloneGone;
    }

    boolean spent(Instant now) {
        return !hasClone() && !secured(now);
    }

    Instant since() {
        return takenAt != null ? takenAt : clone.since();
    }

    long size(Instant now) {
        return secured(now) ? DUMP_BYTES : CLONE_BYTES;
    }

    RestorePoint view(Instant now) {
        return new RestorePoint(
                id, since(), content.version(), List.of(SimulatedDatabase.NAME), size(now), stateAt(now), proof);
    }

    private RestorePoint.State stateAt(Instant now) {
        if (spent(now)) {
            return RestorePoint.State.SPENT;
        }
        if (!hasClone()) {
            return RestorePoint.State.DUMP_ONLY;
        }
        return secured(now) ? RestorePoint.State.VERIFIED : RestorePoint.State.CLONED;
    }
}
