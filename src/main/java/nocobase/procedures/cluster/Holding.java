package nocobase.procedures.cluster;

import java.time.Instant;

/**
 * Something that restore points keep on a disk, and that retention may remove some day.
 *
 * @param kind what it is
 * @param name the restore point's id, the database's name, or the folder's name in the storage
 * @param size bytes; 0 where it is not known
 * @param since since when it is kept
 */
public record Holding(Kind kind, String name, long size, Instant since) {

    /** What is kept, and where. */
    public enum Kind {
        /** A restore point with all that belongs to it: catalogue entry, durable copy, clone. */
        RESTORE_POINT,
        /** The clone of a restore point that itself stays, standing on its durable copy; in the database server. */
        CLONE,
        /** A database that a restore or a new beginning replaced, set aside in the database server. */
        DATABASE,
        /** Storage folders that a restore replaced, set aside in the storage. */
        STORAGE
    }
}
