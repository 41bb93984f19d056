package nocobase.procedures.rehearsal;

import java.time.Instant;
import java.util.List;
import nocobase.procedures.cluster.RestorePoint;

/** A restore point: what it holds, and the work on its two copies. */
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

    boolean taken(Instant now) {
        return clone != null && clone.done(now);
    }

    boolean secured(Instant now) {
        return dump != null && dump.done(now);
    }

    boolean spent(Instant now) {
        return cloneGone && !secured(now);
    }

    RestorePoint view(Instant now) {
        long size = secured(now) ? DUMP_BYTES : CLONE_BYTES;
        return new RestorePoint(id, clone.since(), content.version(), List.of("nocobase"), size, stateAt(now));
    }

    private RestorePoint.State stateAt(Instant now) {
        if (spent(now)) {
            return RestorePoint.State.SPENT;
        }
        if (cloneGone) {
            return RestorePoint.State.DUMP_ONLY;
        }
        return secured(now) ? RestorePoint.State.VERIFIED : RestorePoint.State.CLONED;
    }
}
