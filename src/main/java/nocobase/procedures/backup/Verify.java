package nocobase.procedures.backup;

import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.DataJob;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.FailureException;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.RestorePoint.Proof;
import nocobase.procedures.language.Messages;
import nocobase.procedures.language.Sizes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries to restore a durable copy, in a job that goes on without us. Keeps nothing in memory. The scratch databases are
 * dropped by the job's own end, and once more by us, for a job may be killed.
 */
final class Verify {

    private static final Messages MESSAGES = Messages.of("backup");

    private static final Logger log = LoggerFactory.getLogger(Verify.class);

    private final Site site;
    private final DiskRoom room;

    Verify(Site site) {
        this.site = site;
        this.room = new DiskRoom(site);
    }

    Progress<Proof> advance(String id, OperationId operation) {
        StoredRestorePoint point = durable(id);
        if (point.proof() != null && point.proof().operation().equals(operation.value())) {
            return Progress.done(point.proof());
        }
        if (site.jobs().running(CopyJobs.trialName(id))) {
            return pending(point);
        }
        List<String> scratch = point.scratch();
        try {
            DataJob job = job(point, scratch);
            Optional<JobOutput> output = site.jobs().look(job, MESSAGES.text("doing.trial", id));
            if (output.isEmpty()) {
                return pending(point);
            }
            return proven(point, operation, output.get(), job, scratch);
        } catch (FailureException e) {
            drop(scratch);
            throw e;
        } catch (SQLException e) {
            throw SqlFaults.of(MESSAGES.text("doing.trial", id), e);
        }
    }

    private static Progress<Proof> pending(StoredRestorePoint point) {
        return Progress.pending(MESSAGES.text("prove.progress", Sizes.shown(point.size())));
    }

    private StoredRestorePoint durable(String id) {
        StoredRestorePoint point = site.catalogue()
                .find(id)
                .filter(found -> found.state() != null)
                .orElseThrow(() -> new CannotProceedException(Failure.of(
                        MESSAGES.text("restorePoint.unknown", id), MESSAGES.text("restorePoint.unknown.remedy"))));
        if (!point.durable()) {
            throw new CannotProceedException(
                    Failure.of(MESSAGES.text("prove.notVerified", id), MESSAGES.text("prove.notVerified.remedy")));
        }
        return point;
    }

    private DataJob job(StoredRestorePoint point, List<String> scratch) throws SQLException {
        return site.server().outside(connection -> {
            if (Cloning.missing(connection, scratch).isPresent()) {
                OptionalLong free = room.ofDatabases(connection);
                if (free.isPresent() && !DiskRoom.enough(free.getAsLong(), point.databaseSize())) {
                    throw noRoom(point, free.getAsLong());
                }
            }
            return site.copyJobs().trial(point, scratch, DatabaseServer.Facts.of(connection));
        });
    }

    private Progress<Proof> proven(
            StoredRestorePoint point, OperationId operation, JobOutput output, DataJob job, List<String> scratch) {
        List<String> counted = output.need("proven");
        Proof proof = new Proof(
                operation.value(),
                site.clock().instant(),
                Integer.parseInt(counted.get(0)),
                Long.parseLong(counted.get(1)));
        if (!site.catalogue().replace(point, point.proven(proof))) {
            return Progress.pending(MESSAGES.text("prove.writing")); // somebody else changed the row: look again
        }
        log.info("Restore point {} is proven: {} tables with {} rows", point.id(), proof.tables(), proof.rows());
        site.jobs().forget(job.name());
        drop(scratch);
        return Progress.done(proof);
    }

    private void drop(List<String> scratch) {
        try {
            site.server().outside(connection -> {
                int version = DatabaseServer.version(connection);
                for (String name : scratch) {
                    DatabaseServer.execute(connection, TraitsSql.dropFreshly(name, version));
                }
                return null;
            });
        } catch (SQLException e) {
            throw SqlFaults.of(MESSAGES.text("doing.dropScratch"), e);
        }
    }

    private static CannotProceedException noRoom(StoredRestorePoint point, long free) {
        return new CannotProceedException(Failure.of(
                MESSAGES.text("prove.noRoom", Sizes.shown(point.databaseSize()), Sizes.shown(free)),
                MESSAGES.text("server.noRoom.remedy")));
    }
}
