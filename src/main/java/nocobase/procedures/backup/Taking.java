package nocobase.procedures.backup;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import nocobase.procedures.backup.StoredRestorePoint.Archive;
import nocobase.procedures.backup.StoredRestorePoint.StoredNode;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.ClusterRuntime;
import nocobase.procedures.cluster.ClusterState;
import nocobase.procedures.cluster.Containers;
import nocobase.procedures.cluster.DataJob;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.cluster.RestorePointSettings.Mode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a restore point in the downtime: storage archive and clone, beside each other. Begins wherever an earlier attempt
 * was cut off.
 */
final class Taking {

    private static final Logger log = LoggerFactory.getLogger(Taking.class);

    private static final String ARCHIVING = "archiving the storage";

    private final DatabaseServer server;
    private final Catalogue catalogue;
    private final ClusterRuntime runtime;
    private final CopyJobs copyJobs;
    private final Jobs jobs;
    private final Containers containers;
    private final Vacancy vacancy;
    private final Cloning cloning;
    private final Clock clock;
    private final Mode mode;

    Taking(
            DatabaseServer server,
            Catalogue catalogue,
            ClusterRuntime runtime,
            CopyJobs copyJobs,
            Jobs jobs,
            Containers containers,
            Clock clock,
            Mode mode) {
        this.server = server;
        this.catalogue = catalogue;
        this.runtime = runtime;
        this.copyJobs = copyJobs;
        this.jobs = jobs;
        this.containers = containers;
        this.vacancy = new Vacancy(server.settings().user());
        this.cloning = new Cloning(server, vacancy);
        this.clock = clock;
        this.mode = mode;
    }

    StoredRestorePoint run(OperationId operation, Consumer<String> progress) {
        try {
            return server.outsideForLong(connection -> {
                ServerLock.take(connection, server.settings().name(), progress);
                Optional<StoredRestorePoint> taken =
                        catalogue.find(operation.value()).filter(point -> point.storage() != null);
                return taken.isPresent() ? taken.get() : take(connection, operation, progress);
            });
        } catch (SQLException e) {
            throw SqlFaults.of("preparing the restore point", e);
        }
    }

    private StoredRestorePoint take(Connection connection, OperationId operation, Consumer<String> progress)
            throws SQLException {
        ClusterState nodes = Standstill.require(runtime, "the restore point is taken");
        String firstNode = nodes.first().name();
        StoredRestorePoint planned = plan(connection, operation, nodes);
        DataJob archive = copyJobs.archiveStorage(operation, firstNode, definitions(nodes));
        log.info("Archiving the storage of {} for restore point {}", firstNode, operation);
        jobs.look(archive, ARCHIVING);
        for (CoveredDatabase database : planned.databases()) {
            if (mode == Mode.DUMP_FIRST) {
                vacancy.ensure(connection, List.of(database.name()), progress);
            } else {
                cloning.ensure(connection, database, progress);
            }
        }
        List<String> values = jobs.await(archive, ARCHIVING, progress).need("archive");
        StoredRestorePoint taken = planned.archived(
                new Archive(values.get(0), Long.parseLong(values.get(1))),
                mode == Mode.DUMP_FIRST ? null : RestorePoint.State.CLONED);
        catalogue.save(taken);
        jobs.forget(archive.name());
        return taken;
    }

    /** As the nodes are now: later they are of another version. */
    private String definitions(ClusterState nodes) {
        return nodes.nodes().stream()
                .map(node -> containers.definition(node.name()))
                .map(String::valueOf)
                .collect(Collectors.joining(",\n", "[", "]\n"));
    }

    /**
     * Written down before anything is made, so that whoever continues knows what belongs to this restore point. Looked at
     * anew in each attempt: a person may have removed what hindered the last one.
     */
    private StoredRestorePoint plan(Connection connection, OperationId operation, ClusterState nodes)
            throws SQLException {
        Discovery discovery = Discovery.of(server);
        List<CoveredDatabase> databases = new ArrayList<>();
        for (String name : discovery.databases()) {
            databases.add(describe(connection, name, operation));
        }
        StoredRestorePoint point = new StoredRestorePoint(
                operation.value(),
                takenAt(connection, operation),
                discovery.version(),
                mode,
                DatabaseServer.version(connection),
                databases,
                nodes.nodes().stream()
                        .map(node -> new StoredNode(node.name(), node.image()))
                        .toList(),
                null,
                null,
                false,
                null,
                List.of());
        catalogue.save(point);
        return point;
    }

    /** A clone made by an earlier attempt is of that moment. */
    private Instant takenAt(Connection connection, OperationId operation) throws SQLException {
        Optional<StoredRestorePoint> begun = catalogue.find(operation.value());
        if (begun.isPresent() && !begun.get().clones().isEmpty()) {
            for (String clone : begun.get().clones()) {
                if (DatabaseServer.exists(connection, clone)) {
                    return begun.get().takenAt();
                }
            }
        }
        return clock.instant();
    }

    private CoveredDatabase describe(Connection connection, String name, OperationId operation) throws SQLException {
        if (!DatabaseNames.fits(name)) {
            throw new CannotProceedException(Failure.of(
                    "The database name " + name + " is too long: the names of its clones would exceed PostgreSQL's "
                            + DatabaseNames.LIMIT + " bytes.",
                    "Rename the database to at most " + DatabaseNames.room() + " bytes (ALTER DATABASE … RENAME TO …,"
                            + " and DB_DATABASE of the nodes), then retry."));
        }
        return new CoveredDatabase(
                name,
                mode == Mode.DUMP_FIRST ? null : DatabaseNames.clone(name, operation.shortId()),
                DatabaseServer.one(connection, "select pg_database_size(?::name)", row -> row.getLong(1), name),
                TraitsReader.read(connection, name));
    }
}
