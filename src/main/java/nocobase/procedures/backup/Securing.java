package nocobase.procedures.backup;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import nocobase.procedures.backup.StoredRestorePoint.Copy;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.ClusterRuntime;
import nocobase.procedures.cluster.ClusterState;
import nocobase.procedures.cluster.DataJob;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.RestorePoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the durable copy in a job that goes on without us, then writes the manifest. Keeps nothing in memory: each call looks
 * at the catalogue and at the jobs.
 */
final class Securing {

    private static final Logger log = LoggerFactory.getLogger(Securing.class);

    private final String cluster;
    private final DatabaseServer server;
    private final Catalogue catalogue;
    private final ClusterRuntime runtime;
    private final CopyJobs copyJobs;
    private final Jobs jobs;
    private final Clock clock;

    Securing(
            String cluster,
            DatabaseServer server,
            Catalogue catalogue,
            ClusterRuntime runtime,
            CopyJobs copyJobs,
            Jobs jobs,
            Clock clock) {
        this.cluster = cluster;
        this.server = server;
        this.catalogue = catalogue;
        this.runtime = runtime;
        this.copyJobs = copyJobs;
        this.jobs = jobs;
        this.clock = clock;
    }

    /** @param point a taken one, with clones or (dump first) without */
    Progress<StoredRestorePoint> advance(OperationId operation, StoredRestorePoint point) {
        if (point.durable()) {
            return Progress.done(point);
        }
        if (point.state() == RestorePoint.State.SPENT) {
            throw new CannotProceedException(Failure.of(
                    "Restore point " + point.id() + " was used by a rollback before its durable copy was finished.",
                    "Nothing is left to copy. Take a new restore point in the next procedure."));
        }
        if (point.dumping() && jobs.running(CopyJobs.dumpName(point.id()))) {
            return Progress.pending(text(point));
        }
        DataJob dump = dump(operation, point, runtime.observe());
        StoredRestorePoint begun = point.nowDumping();
        if (!point.dumping() && !catalogue.replace(point, begun)) {
            return Progress.pending(text(point)); // another engine was faster: look again
        }
        Optional<JobOutput> output = jobs.look(dump, doing(point));
        return output.isEmpty() ? Progress.pending(text(point)) : seal(begun, dump, output.get());
    }

    private DataJob dump(OperationId operation, StoredRestorePoint point, ClusterState nodes) {
        List<String> sources = point.databases().stream()
                .map(database -> database.cloneName() == null ? database.name() : database.cloneName())
                .toList();
        int port = port(sources);
        if (!point.dumping()) {
            log.info("Dumping {} into the durable copy of restore point {}", String.join(", ", sources), point.id());
        }
        return copyJobs.dump(operation, sources, nodes.first().name(), port);
    }

    private int port(List<String> sources) {
        try {
            return server.outside(connection -> {
                Optional<String> missing = Cloning.missing(connection, sources);
                if (missing.isPresent()) {
                    throw new CannotProceedException(Failure.of(
                            "Database " + missing.get() + ", from which the durable copy is made, does not exist any"
                                    + " more.",
                            "Find out who dropped it. Without it this restore point has nothing to restore from: go back"
                                    + " to the previous one, or begin a new procedure."));
                }
                return Integer.parseInt(DatabaseServer.one(connection, "show port", row -> row.getString(1)));
            });
        } catch (SQLException e) {
            throw SqlFaults.of("preparing the durable copy", e);
        }
    }

    private Progress<StoredRestorePoint> seal(StoredRestorePoint point, DataJob dump, JobOutput output) {
        List<String> copied = output.need("copy");
        Copy copy = new Copy(
                copied.get(0), Long.parseLong(copied.get(1)), String.join(" ", output.need("client")), clock.instant());
        DataJob seal = copyJobs.seal(point.id(), Manifest.of(cluster, point, copy));
        if (jobs.look(seal, "writing the manifest").isEmpty()) {
            return Progress.pending("Writing the manifest of the durable copy");
        }
        StoredRestorePoint secured = point.copied(copy, RestorePoint.State.VERIFIED);
        if (!catalogue.replace(point, secured)) {
            return Progress.pending(text(point));
        }
        log.info("Restore point {} has a verified durable copy of {}", point.id(), Sizes.shown(copy.size()));
        jobs.forget(dump.name());
        jobs.forget(seal.name());
        return Progress.done(secured);
    }

    private static String doing(StoredRestorePoint point) {
        return "dumping " + point.databases().get(0).name();
    }

    private String text(StoredRestorePoint point) {
        long size = point.databases().stream().mapToLong(CoveredDatabase::size).sum();
        return "Dumping and verifying " + Sizes.shown(size) + ", "
                + Duration.between(point.takenAt(), clock.instant()).toSeconds()
                + " s after the restore point was taken";
    }
}
