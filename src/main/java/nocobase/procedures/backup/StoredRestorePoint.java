package nocobase.procedures.backup;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.cluster.RestorePointSettings.Mode;
import nocobase.procedures.cluster.Version;

/**
 * What the catalogue knows of a restore point.
 *
 * @param version the version recorded in the database, or null
 * @param serverVersion PostgreSQL's number, such as 150014
 * @param nodes the nodes and their images when it was taken, for going back to them
 * @param storage what was archived of the storage, or null before that
 * @param copy the durable copy, or null before there is one
 * @param dumping whether the job of the durable copy was started
 * @param state null while it is being taken
 * @param setAside databases that restores of this point replaced, kept under these names
 */
record StoredRestorePoint(
        String id,
        Instant takenAt,
        String version,
        Mode mode,
        int serverVersion,
        List<CoveredDatabase> databases,
        List<StoredNode> nodes,
        Archive storage,
        Copy copy,
        boolean dumping,
        RestorePoint.State state,
        List<String> setAside) {

    /** A node as it was, without secrets. */
    record StoredNode(String name, String image) {}

    /** The archive of the storage folders that a start changes. */
    record Archive(String sha256, long size) {}

    /** The verified durable copy. The checksum is that of the list of checksums of all its files. */
    record Copy(String sha256, long size, String clientVersion, Instant verifiedAt) {}

    Optional<RestorePoint> shown() {
        if (state == null) {
            return Optional.empty();
        }
        return Optional.of(new RestorePoint(
                id,
                takenAt,
                Version.tryParse(version).orElse(null),
                databases.stream().map(CoveredDatabase::name).toList(),
                copy != null
                        ? copy.size()
                        : databases.stream().mapToLong(CoveredDatabase::size).sum(),
                state,
                null));
    }

    /** Whether it can be restored from. */
    boolean good() {
        return state != null && state != RestorePoint.State.SPENT;
    }

    /** Whether it outlives the database server. */
    boolean durable() {
        return state == RestorePoint.State.VERIFIED || state == RestorePoint.State.DUMP_ONLY;
    }

    List<String> clones() {
        return databases.stream()
                .map(CoveredDatabase::cloneName)
                .filter(java.util.Objects::nonNull)
                .toList();
    }

    StoredRestorePoint with(RestorePoint.State next) {
        return new StoredRestorePoint(
                id, takenAt, version, mode, serverVersion, databases, nodes, storage, copy, dumping, next, setAside);
    }

    StoredRestorePoint archived(Archive archive, RestorePoint.State next) {
        return new StoredRestorePoint(
                id, takenAt, version, mode, serverVersion, databases, nodes, archive, copy, dumping, next, setAside);
    }

    StoredRestorePoint nowDumping() {
        return new StoredRestorePoint(
                id, takenAt, version, mode, serverVersion, databases, nodes, storage, copy, true, state, setAside);
    }

    StoredRestorePoint copied(Copy durable, RestorePoint.State next) {
        return new StoredRestorePoint(
                id, takenAt, version, mode, serverVersion, databases, nodes, storage, durable, true, next, setAside);
    }

    StoredRestorePoint restored(List<String> kept, RestorePoint.State next) {
        List<String> all = new ArrayList<>(setAside);
        kept.stream().filter(name -> !all.contains(name)).forEach(all::add);
        return new StoredRestorePoint(
                id,
                takenAt,
                version,
                mode,
                serverVersion,
                databases,
                nodes,
                storage,
                copy,
                dumping,
                next,
                List.copyOf(all));
    }
}
