package nocobase.procedures.backup;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.cluster.RestorePoint.Proof;
import nocobase.procedures.cluster.RestorePointSettings.Mode;
import nocobase.procedures.cluster.Version;

/**
 * What the catalogue knows of a restore point.
 *
 * @param version the version recorded in the database, or null
 * @param serverVersion PostgreSQL's number, such as 150014
 * @param databases the covered ones, the main one first; for a received one as they are called here
 * @param nodes the nodes and their images when it was taken, for going back to them
 * @param plugins names of the plugins that were enabled
 * @param storage what was archived of the storage, or null before that
 * @param copy the durable copy, or null before there is one
 * @param dumping whether the job of the durable copy was started
 * @param state null while it is being taken
 * @param proof of the last trial restore, or null
 * @param origin the cluster that it was received from, or null if it is this cluster's own
 */
record StoredRestorePoint(
        String id,
        Instant takenAt,
        String version,
        Mode mode,
        int serverVersion,
        List<CoveredDatabase> databases,
        List<StoredNode> nodes,
        List<String> plugins,
        Archive storage,
        Copy copy,
        boolean dumping,
        RestorePoint.State state,
        Proof proof,
        String origin) {

    /** A node as it was, without secrets. */
    record StoredNode(String name, String image) {}

    /** The archive of the storage folders that a start changes. */
    record Archive(String sha256, long size) {

        static Archive of(JobOutput output) {
            List<String> values = output.need("archive");
            return new Archive(values.get(0), Long.parseLong(values.get(1)));
        }
    }

    /** The verified durable copy. The checksum is that of the list of checksums of all its files. */
    record Copy(String sha256, long size, String clientVersion, Instant verifiedAt) {}

    StoredRestorePoint {
        plugins = plugins == null ? List.of() : plugins;
    }

    Optional<RestorePoint> shown() {
        if (state == null) {
            return Optional.empty();
        }
        return Optional.of(new RestorePoint(
                id,
                takenAt,
                Version.tryParse(version).orElse(null),
                databases.stream().map(CoveredDatabase::name).toList(),
                size(),
                state,
                proof));
    }

    /** Bytes of the durable copy, or of the databases before there is one. */
    long size() {
        return copy != null ? copy.size() : databaseSize();
    }

    long databaseSize() {
        return databases.stream().mapToLong(CoveredDatabase::size).sum();
    }

    /** Whether it can be restored from. */
    boolean good() {
        return state != null && state != RestorePoint.State.SPENT;
    }

    /** Whether it outlives the database server. */
    boolean durable() {
        return state == RestorePoint.State.VERIFIED || state == RestorePoint.State.DUMP_ONLY;
    }

    boolean received() {
        return origin != null;
    }

    /** Since when it is kept here: a received one may be of a time long ago. */
    Instant keptSince() {
        return received() && copy != null ? copy.verifiedAt() : takenAt;
    }

    List<String> clones() {
        return databases.stream()
                .map(CoveredDatabase::cloneName)
                .filter(Objects::nonNull)
                .toList();
    }

    /** Databases that it is restored into on trial, and that are dropped then. */
    List<String> scratch() {
        String tag = Restoral.digest(id);
        return databases.stream()
                .map(database -> DatabaseNames.trial(database.name(), tag))
                .toList();
    }

    StoredRestorePoint with(RestorePoint.State next) {
        return copy(takenAt, storage, copy, dumping, next, proof);
    }

    StoredRestorePoint archived(Archive archive, RestorePoint.State next) {
        return copy(takenAt, archive, copy, dumping, next, proof);
    }

    StoredRestorePoint asOf(Instant moment) {
        return copy(moment, storage, copy, dumping, state, proof);
    }

    StoredRestorePoint nowDumping() {
        return copy(takenAt, storage, copy, true, state, proof);
    }

    /** The durable copy does not match what was recorded of it any more: there is only the clone again. */
    StoredRestorePoint nowDamaged() {
        return copy(takenAt, storage, copy, false, RestorePoint.State.CLONED, null);
    }

    /** Whether there was a verified durable copy, which is to be made anew. */
    boolean damaged() {
        return state == RestorePoint.State.CLONED && copy != null;
    }

    /** The dump that was under way was given up: the next one begins anew. */
    StoredRestorePoint notDumping() {
        return copy(takenAt, storage, copy, false, state, proof);
    }

    StoredRestorePoint copied(Copy durable, RestorePoint.State next) {
        return copy(takenAt, storage, durable, true, next, proof);
    }

    StoredRestorePoint proven(Proof by) {
        return copy(takenAt, storage, copy, dumping, state, by);
    }

    private StoredRestorePoint copy(
            Instant moment, Archive archive, Copy durable, boolean dumps, RestorePoint.State next, Proof by) {
        return new StoredRestorePoint(
                id,
                moment,
                version,
                mode,
                serverVersion,
                databases,
                nodes,
                plugins,
                archive,
                durable,
                dumps,
                next,
                by,
                origin);
    }
}
