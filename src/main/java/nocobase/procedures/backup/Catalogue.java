package nocobase.procedures.backup;

import java.util.List;
import java.util.Optional;

/** Which restore points a cluster has. Survives us; what it says is written when the thing itself is done. */
interface Catalogue {

    Optional<StoredRestorePoint> find(String id);

    /** All, the newest first. */
    List<StoredRestorePoint> list();

    void save(StoredRestorePoint point);

    void remove(String id);
}
