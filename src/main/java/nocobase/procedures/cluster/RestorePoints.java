package nocobase.procedures.cluster;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Restore points of one cluster. Calls that return {@link Progress} ensure: repeat them until they are done. A restore point
 * may be restored by any later operation, as often as wanted, for as long as retention keeps it.
 */
public interface RestorePoints {

    /**
     * Clones the databases and archives the storage that a start changes. All nodes must be stopped. Done when the
     * cluster can be brought back to this moment.
     */
    Progress<RestorePoint> take(OperationId operation);

    /**
     * Makes a durable, verified copy of the databases and the storage <em>while the nodes serve</em>; no clone, so it is
     * {@link RestorePoint.State#DUMP_ONLY} when done. Its id is the operation's.
     *
     * <p>What consistent means here: all databases are copied as they were at one moment each, and these moments are
     * milliseconds apart (snapshots of all of them are taken before the first is copied). The storage is archived after
     * that moment: every file that a row names is in it unless it was deleted in between; it may hold files that are newer
     * than the rows. Work in NocoBase that changes tables (plugins, collections) waits for the copy, and a copy that meets
     * such work fails and says so.
     */
    Progress<RestorePoint> takeOnline(OperationId operation);

    /**
     * Gives up a restore point that is being taken, so that nodes may start: what is under way is cancelled. One that is
     * complete stays. Repeat it when it throws: the database server has not let go yet.
     */
    void discard(OperationId operation);

    /** Makes the durable copy of a taken restore point and verifies it, while the cluster goes on. */
    Progress<RestorePoint> secure(OperationId operation);

    /**
     * Proves the durable copy on demand: checksums, completeness, and a trial restore into scratch databases whose rows are
     * counted and compared with the counts of the moment of the dump. The scratch databases are dropped whatever the
     * outcome; the nodes may serve. The proof is kept with the restore point. Done for one operation once: another
     * operation proves anew.
     */
    Progress<RestorePoint.Proof> verify(String restorePoint, OperationId operation);

    /**
     * Brings databases and storage back, from the clone where there is one, else from the durable copy. Nothing is
     * destroyed: the databases as they are now stay under another name (see {@link #holdings}). All nodes must be stopped.
     *
     * <p>One operation restores the same restore point once: a repeated call after that is done at once. To go back from a
     * restore, {@link #take} a restore point in the same operation before it, and restore that one:
     * {@code take(o); restore(earlier, o); restore(o.value(), o)}.
     *
     * @param restorePoint id of the restore point
     * @param operation the operation that restores, for the names of what is set aside
     */
    Progress<RestorePoint> restore(String restorePoint, OperationId operation);

    /**
     * Begins anew for a first installation that came to nothing: NocoBase's databases are set aside under another name, and
     * an empty main database with the same owner and settings takes the place. The storage stays. All nodes must be
     * stopped. Done with the databases that are kept.
     */
    Progress<List<Holding>> setAside(OperationId operation);

    /**
     * Copies a verified restore point of another cluster into this cluster's own store, under the same id; the nodes of
     * both may serve. Once received, {@link #restore} brings it into this cluster: its main database takes this cluster's
     * database name, everything in it belongs to this cluster's database role, and its storage (plugins, encryption keys,
     * uploads; not the licence) replaces this cluster's, which is kept aside. A restore point that was received before is
     * done at once.
     *
     * @param restorePoint id of the source's restore point, which needs a durable copy
     * @param source the restore points of the other cluster, configured in the same engine
     */
    Progress<RestorePoint> receive(String restorePoint, RestorePoints source);

    /**
     * Whether a restore point of another cluster fits this one: versions, database dialect and server, table names, plugins,
     * encryption keys (compared by hash), room, names that are taken. Touches nothing.
     */
    List<Check> compatibility(String restorePoint, RestorePoints source);

    Optional<RestorePoint> find(String id);

    /** Those that are taken, the newest first. */
    List<RestorePoint> list();

    /** Everything that is kept on disks, the newest first: restore points, databases and storage set aside. */
    List<Holding> holdings();

    /** What {@link #prune} with the same argument would remove now. */
    List<Holding> surplus(Set<String> keep);

    /**
     * Removes what retention no longer keeps: surplus restore points, their clones, databases and storage set aside.
     *
     * @param keep ids of restore points and operations, of which everything stays
     */
    void prune(Set<String> keep);

    /**
     * Drops the clone of a verified restore point: the durable copy remains. It is read once more before, while the cluster
     * may serve; where it was damaged since it was verified it is made anew from the clone. Where there is no clone, or no
     * durable copy was ever verified, everything stays as it is. Fails, and keeps the clone, where the damage cannot be
     * mended.
     */
    Progress<RestorePoint> dropClone(OperationId operation);

    /** Bytes of all databases that a restore point would hold, as they are now. */
    long databaseSize();

    /** The restore points' part of the preconditions. */
    List<Check> check();
}
