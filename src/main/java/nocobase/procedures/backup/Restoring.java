package nocobase.procedures.backup;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.ClusterRuntime;
import nocobase.procedures.cluster.DataJob;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.RestorePoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings databases and storage back: from the clones, or from the durable copy where they are gone. The world itself says
 * how far an earlier attempt came: a database {@code <name>_failed_<operation>} exists if and only if the swap of this
 * operation was committed, for both renames of every database are one transaction.
 */
final class Restoring {

    private static final Logger log = LoggerFactory.getLogger(Restoring.class);

    /** How long a finished dump may take to be sealed before the swap; a running one is cancelled. */
    private static final Duration SEALING = Duration.ofSeconds(10);

    private static final int ATTEMPTS = 3;

    private final DatabaseServer server;
    private final Catalogue catalogue;
    private final ClusterRuntime runtime;
    private final CopyJobs copyJobs;
    private final Jobs jobs;
    private final Securing securing;
    private final Vacancy vacancy;

    Restoring(
            DatabaseServer server,
            Catalogue catalogue,
            ClusterRuntime runtime,
            CopyJobs copyJobs,
            Jobs jobs,
            Securing securing) {
        this.server = server;
        this.catalogue = catalogue;
        this.runtime = runtime;
        this.copyJobs = copyJobs;
        this.jobs = jobs;
        this.securing = securing;
        this.vacancy = new Vacancy(server.settings().user());
    }

    StoredRestorePoint run(String id, OperationId operation, Consumer<String> progress) {
        String firstNode = Standstill.require(runtime, "the restore point is restored")
                .first()
                .name();
        try {
            return server.outsideForLong(connection -> {
                ServerLock.take(connection, server.settings().name(), progress);
                return restore(connection, firstNode, find(id), operation, progress);
            });
        } catch (SQLException e) {
            throw SqlFaults.of("restoring " + id, e);
        }
    }

    private StoredRestorePoint find(String id) {
        return catalogue
                .find(id)
                .filter(point -> point.state() != null)
                .orElseThrow(() -> new CannotProceedException(Failure.of(
                        "There is no restore point " + id + ".", "Choose one of the list of restore points.")));
    }

    private StoredRestorePoint restore(
            Connection connection,
            String firstNode,
            StoredRestorePoint found,
            OperationId operation,
            Consumer<String> progress)
            throws SQLException {
        StoredRestorePoint point = found;
        boolean swapped = swapped(connection, point, operation);
        boolean fromClones = false;
        List<String> sources = List.of();
        if (!swapped) {
            fromClones = !point.clones().isEmpty()
                    && Cloning.missing(connection, point.clones()).isEmpty();
            if (!fromClones && !point.durable()) {
                throw nothingLeft(point);
            }
            point = endDump(point, operation, progress);
            // Known to be possible before anything is touched.
            vacancy.ensure(connection, occupied(point, fromClones), progress);
            sources = fromClones ? point.clones() : fromDump(connection, point, operation, progress);
        }
        DataJob storage = copyJobs.restoreStorage(operation, point, firstNode);
        log.info("Putting the storage of restore point {} back through {}", point.id(), firstNode);
        jobs.await(storage, "putting the storage back", progress);
        if (!swapped) {
            swap(connection, point, sources, operation, progress);
        }
        return finished(connection, point, operation, storage);
    }

    private boolean swapped(Connection connection, StoredRestorePoint point, OperationId operation)
            throws SQLException {
        return Cloning.missing(connection, setAside(point, operation)).isEmpty();
    }

    private static List<String> setAside(StoredRestorePoint point, OperationId operation) {
        return point.databases().stream()
                .map(database -> DatabaseNames.failed(database.name(), operation.shortId()))
                .toList();
    }

    private static List<String> fresh(StoredRestorePoint point, OperationId operation) {
        return point.databases().stream()
                .map(database -> DatabaseNames.fresh(database.name(), operation.shortId()))
                .toList();
    }

    private static List<String> occupied(StoredRestorePoint point, boolean fromClones) {
        List<String> databases = new ArrayList<>(
                point.databases().stream().map(CoveredDatabase::name).toList());
        databases.addAll(fromClones ? point.clones() : List.of());
        return databases;
    }

    /**
     * A dump in progress reads the clone and would block the swap. It is cancelled, for downtime counts; one that has ended
     * is sealed, so that the restore point stands on it afterwards.
     */
    private StoredRestorePoint endDump(StoredRestorePoint point, OperationId operation, Consumer<String> progress) {
        if (point.durable() || !point.dumping()) {
            return point;
        }
        String job = CopyJobs.dumpName(point.id());
        try {
            long deadline = System.nanoTime() + SEALING.toNanos();
            while (!jobs.running(job) && System.nanoTime() < deadline) {
                progress.accept("Finishing the durable copy");
                Progress<StoredRestorePoint> sealed = securing.advance(new OperationId(point.id()), point);
                if (sealed instanceof Progress.Done<StoredRestorePoint> done) {
                    return done.result();
                }
                Pause.of(Duration.ofMillis(100));
            }
        } catch (RuntimeException e) {
            log.warn("The durable copy of {} was not finished before the rollback: {}", point.id(), e.getMessage());
        }
        log.info(
                "Cancelling the dump of restore point {}: operation {} rolls back to its clone", point.id(), operation);
        jobs.forget(job);
        return point;
    }

    private List<String> fromDump(
            Connection connection, StoredRestorePoint point, OperationId operation, Consumer<String> progress)
            throws SQLException {
        List<String> into = fresh(point, operation);
        int version = DatabaseServer.version(connection);
        StringBuilder sql = new StringBuilder();
        for (int i = 0; i < into.size(); i++) {
            // Ours alone and without value: an earlier attempt was cut off in it.
            sql.append("DROP DATABASE IF EXISTS ").append(Sql.name(into.get(i)));
            sql.append(version >= 130000 ? " WITH (FORCE);\n" : ";\n");
            sql.append(TraitsSql.createEmpty(
                            into.get(i), point.databases().get(i).traits(), version))
                    .append(";\n");
        }
        int port = Integer.parseInt(DatabaseServer.one(connection, "show port", row -> row.getString(1)));
        DataJob job = copyJobs.restoreDump(operation, point, sql.toString(), into, port);
        log.info("Restoring the durable copy of {} into {}", point.id(), String.join(", ", into));
        jobs.await(job, "restoring the durable copy", progress);
        for (int i = 0; i < into.size(); i++) {
            DatabaseTraits wanted = point.databases().get(i).traits().whileAside();
            DatabaseServer.executeTogether(
                    connection, TraitsSql.apply(into.get(i), wanted, TraitsReader.read(connection, into.get(i))));
        }
        return into;
    }

    /** All renames are one transaction: after a crash either nothing or everything is swapped. */
    private void swap(
            Connection connection,
            StoredRestorePoint point,
            List<String> sources,
            OperationId operation,
            Consumer<String> progress)
            throws SQLException {
        List<String> statements = new ArrayList<>();
        List<String> involved = new ArrayList<>(sources);
        for (int i = 0; i < sources.size(); i++) {
            CoveredDatabase database = point.databases().get(i);
            if (!DatabaseServer.exists(connection, database.name())) {
                // Somebody dropped it. An empty one in its place keeps the rule by which a swap is recognized.
                DatabaseServer.execute(
                        connection,
                        "CREATE DATABASE " + Sql.name(database.name()) + " WITH TEMPLATE template0 OWNER "
                                + Sql.name(database.traits().owner()));
            }
            statements.add(
                    TraitsSql.rename(database.name(), DatabaseNames.failed(database.name(), operation.shortId())));
            involved.add(database.name());
            statements.add(TraitsSql.rename(sources.get(i), database.name()));
            statements.addAll(TraitsSql.activate(database.name(), database.traits()));
        }
        for (int attempt = 1; ; attempt++) {
            vacancy.ensure(connection, involved, progress);
            progress.accept("Swapping the databases");
            log.info("Swapping in {}: {}", String.join(", ", sources), String.join("; ", statements));
            try {
                DatabaseServer.executeTogether(connection, statements);
                return;
            } catch (SQLException e) {
                if (attempt == ATTEMPTS || !"55006".equals(e.getSQLState())) {
                    throw SqlFaults.of("swapping the databases", e);
                }
            }
        }
    }

    private StoredRestorePoint finished(
            Connection connection, StoredRestorePoint point, OperationId operation, DataJob storage)
            throws SQLException {
        boolean clonesLeft = !point.clones().isEmpty()
                && Cloning.missing(connection, point.clones()).isEmpty();
        StoredRestorePoint latest = catalogue.find(point.id()).orElse(point);
        RestorePoint.State used = latest.durable() ? RestorePoint.State.DUMP_ONLY : RestorePoint.State.SPENT;
        RestorePoint.State state = clonesLeft ? latest.state() : used;
        StoredRestorePoint restored = latest.restored(setAside(point, operation), state);
        catalogue.save(restored);
        jobs.forget(storage.name());
        jobs.forget(CopyJobs.restoreDumpName(operation));
        return restored;
    }

    private static CannotProceedException nothingLeft(StoredRestorePoint point) {
        return new CannotProceedException(Failure.of(
                "Restore point " + point.id() + " has nothing left to restore from: its clone is gone, and it has no"
                        + " verified durable copy.",
                "Choose another restore point."));
    }
}
