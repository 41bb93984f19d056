package nocobase.procedures.backup;

import java.util.List;
import java.util.Optional;

/** Which restore points a cluster has. Survives us; what it says is written when the thing itself is done. */
interface Catalogue {

    Optional<StoredRestorePoint> find(String id);

    /** All, the newest first. */
    List<StoredRestorePoint> list();

    void save(StoredRestorePoint point);

    /**
     * Saves only if the row is still as it was read: several engines may look at the same restore point.
     *
     * @return whether it was saved
     */
    boolean replace(StoredRestorePoint read, StoredRestorePoint next);

    void remove(String id);

    /** What restores and new beginnings replaced, the newest first. */
    List<Replaced> replaced();

    void save(Replaced replaced);

    void remove(Replaced replaced);
}
