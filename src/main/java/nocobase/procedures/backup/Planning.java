package nocobase.procedures.backup;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import nocobase.procedures.backup.StoredRestorePoint.StoredNode;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.ClusterState;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.RestorePointSettings.Mode;
import nocobase.procedures.language.Messages;

/** What a restore point is to have, written down before anything is made. */
final class Planning {

    private static final Messages MESSAGES = Messages.of("backup");

    private final Site site;

    Planning(Site site) {
        this.site = site;
    }

    /**
     * Written down so that whoever continues knows what belongs to this restore point. Looked at anew in each attempt: a
     * person may have removed what hindered the last one.
     *
     * @param cloned whether clones are to be made
     */
    StoredRestorePoint plan(Connection connection, OperationId operation, ClusterState nodes, boolean cloned)
            throws SQLException {
        Discovery discovery = Discovery.of(site.server());
        List<CoveredDatabase> databases = new ArrayList<>();
        for (String name : discovery.databases()) {
            databases.add(describe(connection, name, cloned ? operation : null));
        }
        StoredRestorePoint point = new StoredRestorePoint(
                operation.value(),
                takenAt(connection, operation),
                discovery.version(),
                cloned ? Mode.CLONE_THEN_DUMP : Mode.DUMP_FIRST,
                DatabaseServer.version(connection),
                databases,
                nodes.nodes().stream()
                        .map(node -> new StoredNode(node.name(), node.image()))
                        .toList(),
                discovery.plugins(),
                null,
                null,
                false,
                null,
                null,
                null);
        site.catalogue().save(point);
        return point;
    }

    /** The nodes' full definitions as they are now: later they are of another version. They hold secrets. */
    String definitions(ClusterState nodes) {
        return nodes.nodes().stream()
                .map(node -> site.containers().definition(node.name()))
                .map(String::valueOf)
                .collect(Collectors.joining(",\n", "[", "]\n"));
    }

    /** A clone made by an earlier attempt is of that moment. */
    private Instant takenAt(Connection connection, OperationId operation) throws SQLException {
        Optional<StoredRestorePoint> begun = site.catalogue().find(operation.value());
        if (begun.isPresent()) {
            for (String clone : begun.get().clones()) {
                if (DatabaseServer.exists(connection, clone)) {
                    return begun.get().takenAt();
                }
            }
        }
        return site.clock().instant();
    }

    private static CoveredDatabase describe(Connection connection, String name, OperationId operation)
            throws SQLException {
        if (!DatabaseNames.fits(name)) {
            throw new CannotProceedException(Failure.of(
                    MESSAGES.text("plan.nameTooLong", name, DatabaseNames.LIMIT),
                    MESSAGES.text("plan.nameTooLong.remedy", DatabaseNames.room())));
        }
        return new CoveredDatabase(
                name,
                operation == null ? null : DatabaseNames.clone(name, operation.shortId()),
                DatabaseServer.size(connection, name),
                TraitsReader.read(connection, name));
    }
}
