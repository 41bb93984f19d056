package nocobase.procedures.backup;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import nocobase.procedures.cluster.Holding;
import nocobase.procedures.cluster.Holding.Kind;

/**
 * What one restore, or one new beginning, replaced and keeps under other names. Written down before the first thing is set
 * aside, so that nothing of it is ever forgotten on a disk.
 *
 * @param key unique in the cluster: the operation and the restore point that it restored
 * @param operation the operation that replaced it
 * @param restorePoint the restore point that took the place, or null for an empty database
 * @param databases as they are called now
 * @param folder name of the folder in the storage with what was replaced there, or null
 * @param folderSize bytes in it; 0 while it is not known
 */
record Replaced(
        String key,
        String operation,
        String restorePoint,
        Instant since,
        List<Database> databases,
        String folder,
        long folderSize) {

    /** A database under its new name; bytes on the server's disk. */
    record Database(String name, long size) {}

    boolean belongsTo(Set<String> ids) {
        return ids.contains(operation) || restorePoint != null && ids.contains(restorePoint);
    }

    List<String> databaseNames() {
        return databases.stream().map(Database::name).toList();
    }

    List<Holding> holdings() {
        List<Holding> holdings = new ArrayList<>();
        databases.forEach(
                database -> holdings.add(new Holding(Kind.DATABASE, database.name(), database.size(), since)));
        if (folder != null) {
            holdings.add(new Holding(Kind.STORAGE, folder, folderSize, since));
        }
        return holdings;
    }
}
