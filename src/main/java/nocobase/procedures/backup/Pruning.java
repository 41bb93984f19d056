package nocobase.procedures.backup;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import nocobase.procedures.backup.Sessions.Session;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.DataJob;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.RestorePoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes what retention no longer keeps: databases first, then the folder, then the catalogue's row. */
final class Pruning {

    private static final Logger log = LoggerFactory.getLogger(Pruning.class);

    private final String cluster;
    private final DatabaseServer server;
    private final Catalogue catalogue;
    private final CopyJobs copyJobs;
    private final Jobs jobs;

    Pruning(String cluster, DatabaseServer server, Catalogue catalogue, CopyJobs copyJobs, Jobs jobs) {
        this.cluster = cluster;
        this.server = server;
        this.catalogue = catalogue;
        this.copyJobs = copyJobs;
        this.jobs = jobs;
    }

    Void run(int keep, Set<String> protectedIds, java.util.function.Consumer<String> progress) {
        List<StoredRestorePoint> points = catalogue.list();
        List<StoredRestorePoint> surplus = Retention.surplus(points, keep, protectedIds);
        for (StoredRestorePoint point : Retention.withoutClone(points, surplus, protectedIds)) {
            dropClones(point);
        }
        for (StoredRestorePoint point : surplus) {
            List<String> databases = new ArrayList<>(point.clones());
            databases.addAll(point.setAside());
            drop(databases);
        }
        if (!surplus.isEmpty()) {
            removeCopies(surplus, progress);
        }
        return null;
    }

    void dropClones(StoredRestorePoint point) {
        if (!point.durable()) {
            throw new CannotProceedException(Failure.of(
                    "The clone of restore point " + point.id() + " is not dropped: it has no verified durable copy.",
                    "Wait until the durable copy is verified, then retry."));
        }
        drop(point.clones());
        catalogue.save(point.with(RestorePoint.State.DUMP_ONLY));
    }

    private void removeCopies(List<StoredRestorePoint> surplus, java.util.function.Consumer<String> progress) {
        List<String> ids = surplus.stream().map(StoredRestorePoint::id).toList();
        log.info("Removing restore points {}", String.join(", ", ids));
        ids.forEach(id -> {
            jobs.forget(CopyJobs.dumpName(id));
            jobs.forget(id + "-storage");
        });
        DataJob removal = copyJobs.remove("procedures-" + cluster + "-remove", ids);
        jobs.await(removal, "removing old restore points", progress);
        jobs.forget(removal.name());
        ids.forEach(catalogue::remove);
    }

    private void drop(List<String> databases) {
        try {
            server.outsideForLong(connection -> {
                for (String database : databases) {
                    drop(connection, database);
                }
                return null;
            });
        } catch (SQLException e) {
            throw SqlFaults.of("dropping databases that are no longer needed", e);
        }
    }

    private static void drop(Connection connection, String database) throws SQLException {
        if (!DatabaseServer.exists(connection, database)) {
            return;
        }
        List<Session> sessions = Sessions.connected(connection, List.of(database));
        if (!sessions.isEmpty()) {
            throw Sessions.foreign(sessions);
        }
        log.info("Dropping database {}", database);
        DatabaseServer.execute(connection, "DROP DATABASE IF EXISTS " + Sql.name(database));
    }
}
