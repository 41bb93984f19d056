package nocobase.procedures.cluster;

import java.time.Instant;
import java.util.List;

/**
 * A moment that a cluster can be brought back to: databases, storage, image, nodes.
 *
 * @param id the operation that took it
 * @param takenAt when its clone was made: writes after it are not in it
 * @param version the NocoBase version recorded in the database
 * @param databases names of the covered databases
 * @param size bytes of the durable copy, or of the clone before there is one
 * @param state how far it is to be relied on
 */
public record RestorePoint(
        String id, Instant takenAt, Version version, List<String> databases, long size, State state) {

    /** From taken to relied on. */
    public enum State {
        /** Only the clone in the database server and the storage archive exist. */
        CLONED,
        /** The durable dump exists and was verified. */
        VERIFIED,
        /** It stands on its verified dump: the clone was used by a restore, or dropped when the procedure ended well. */
        DUMP_ONLY,
        /** Nothing is left to restore from. */
        SPENT
    }
}
