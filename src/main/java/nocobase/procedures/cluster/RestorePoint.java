package nocobase.procedures.cluster;

import java.time.Instant;
import java.util.List;

/**
 * A moment that a cluster can be brought back to: databases, storage, image, nodes.
 *
 * @param id the operation that took it
 * @param takenAt the moment of its copy: writes after it are not in it
 * @param version the NocoBase version recorded in the database
 * @param databases names of the covered databases
 * @param size bytes of the durable copy, or of the clone before there is one
 * @param state how far it is to be relied on
 * @param proof of the last trial restore of its durable copy, or null if there was none
 */
public record RestorePoint(
        String id, Instant takenAt, Version version, List<String> databases, long size, State state, Proof proof) {

    /** From taken to relied on. */
    public enum State {
        /** Only the clone in the database server and the storage archive exist. */
        CLONED,
        /** The durable dump exists and was verified. */
        VERIFIED,
        /**
         * It stands on its verified dump: there never was a clone (taken online, received from another cluster), or a
         * restore used it, or it was dropped when the procedure ended well.
         */
        DUMP_ONLY,
        /** Nothing is left to restore from. */
        SPENT
    }

    /**
     * That the durable copy can be restored was tried: each database was restored into a scratch database, and every table
     * had as many rows as were counted when the dump was made.
     *
     * @param operation the operation that asked for it
     * @param at when the comparison was finished
     * @param tables how many tables were compared
     * @param rows how many rows they have together
     */
    public record Proof(String operation, Instant at, int tables, long rows) {}
}
