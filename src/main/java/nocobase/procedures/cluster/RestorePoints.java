package nocobase.procedures.cluster;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Restore points of one cluster. The three long calls ensure: repeat them until they are done. */
public interface RestorePoints {

    /**
     * Clones the databases and archives the storage that a start changes. All nodes must be stopped. Done when the
     * cluster can be brought back to this moment.
     */
    Progress<RestorePoint> take(OperationId operation);

    /**
     * Gives up a restore point that is being taken, so that nodes may start: what is under way is cancelled. One that is
     * complete stays. Repeat it when it throws: the database server has not let go yet.
     */
    void discard(OperationId operation);

    /** Makes the durable copy of a taken restore point and verifies it, while the cluster goes on. */
    Progress<RestorePoint> secure(OperationId operation);

    /**
     * Brings databases and storage back. Nothing is destroyed: the databases as they are now stay under another name. All
     * nodes must be stopped.
     *
     * @param restorePoint id of the restore point
     * @param operation the operation that restores, for the names of what is set aside
     */
    Progress<RestorePoint> restore(String restorePoint, OperationId operation);

    Optional<RestorePoint> find(String id);

    List<RestorePoint> list();

    /** Removes what retention no longer keeps: surplus restore points and databases set aside, never a protected one. */
    void prune(Set<String> keep);

    /** Drops the clone of a verified restore point: the durable copy remains. */
    void dropClone(OperationId operation);

    /** The restore points' part of the preconditions. */
    List<Check> check();
}
