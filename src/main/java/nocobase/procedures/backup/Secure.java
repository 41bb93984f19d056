package nocobase.procedures.backup;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import nocobase.procedures.backup.StoredRestorePoint.Archive;
import nocobase.procedures.backup.StoredRestorePoint.Copy;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.ClusterState;
import nocobase.procedures.cluster.DataJob;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.language.Messages;
import nocobase.procedures.language.Sizes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the durable copy in a job that goes on without us, then writes the manifest. Keeps nothing in memory: each call looks
 * at the catalogue and at the jobs.
 */
final class Secure {

    private static final Messages MESSAGES = Messages.of("backup");

    private static final Logger log = LoggerFactory.getLogger(Secure.class);

    private final Site site;
    private final Planning planning;

    Secure(Site site) {
        this.site = site;
        this.planning = new Planning(site);
    }

    /** @param point a taken one, with clones or (dump first) without */
    Progress<StoredRestorePoint> advance(OperationId operation, StoredRestorePoint point) {
        if (point.durable()) {
            return finished(point);
        }
        if (point.state() == RestorePoint.State.SPENT) {
            throw new CannotProceedException(
                    Failure.of(MESSAGES.text("secure.used", point.id()), MESSAGES.text("secure.used.remedy")));
        }
        return dumped(point, nodes -> {
            List<String> sources = point.databases().stream()
                    .map(database -> database.cloneName() == null ? database.name() : database.cloneName())
                    .toList();
            // Nobody waits for one that is made anew; and plain it may come out the same again.
            boolean plain = !point.clones().isEmpty() && !point.damaged();
            return site.copyJobs().dump(point, sources, nodes.first().name(), facts(sources), plain);
        });
    }

    /** A restore point of databases that nodes are using; begun where there is none. */
    Progress<StoredRestorePoint> advanceOnline(OperationId operation) {
        Optional<StoredRestorePoint> begun = site.catalogue().find(operation.value());
        if (begun.isPresent() && begun.get().state() != null) {
            return finished(begun.get());
        }
        StoredRestorePoint point = begun.isPresent() && begun.get().dumping() ? begun.get() : plan(operation);
        return dumped(point, nodes -> {
            List<String> sources =
                    point.databases().stream().map(CoveredDatabase::name).toList();
            String definitions = planning.definitions(nodes);
            return site.copyJobs().dumpOnline(point, sources, nodes.first().name(), facts(sources), definitions);
        });
    }

    private StoredRestorePoint plan(OperationId operation) {
        ClusterState nodes = site.runtime().observe();
        try {
            return site.server().outside(connection -> planning.plan(connection, operation, nodes, false));
        } catch (SQLException e) {
            throw SqlFaults.of(MESSAGES.text("doing.prepare"), e);
        }
    }

    /** Describes the job of the durable copy; only asked where it does not run already. */
    private interface Dump {
        DataJob of(ClusterState nodes);
    }

    private Progress<StoredRestorePoint> dumped(StoredRestorePoint point, Dump description) {
        if (point.dumping() && site.jobs().running(CopyJobs.dumpName(point.id()))) {
            return Progress.pending(text(point));
        }
        DataJob dump = description.of(site.runtime().observe());
        StoredRestorePoint begun = point.nowDumping();
        if (!point.dumping()) {
            log.info("Dumping {} into the durable copy of restore point {}", names(point), point.id());
            if (!site.catalogue().replace(point, begun)) {
                return Progress.pending(text(point)); // another engine was faster: look again
            }
        }
        Optional<JobOutput> output = site.jobs().look(dump, "dumping " + names(point));
        return output.isEmpty() ? Progress.pending(text(point)) : seal(begun, output.get());
    }

    private DatabaseServer.Facts facts(List<String> sources) {
        try {
            return site.server().outside(connection -> {
                Optional<String> missing = Cloning.missing(connection, sources);
                if (missing.isPresent()) {
                    throw new CannotProceedException(Failure.of(
                            MESSAGES.text("secure.gone", missing.get()), MESSAGES.text("secure.gone.remedy")));
                }
                return DatabaseServer.Facts.of(connection);
            });
        } catch (SQLException e) {
            throw SqlFaults.of(MESSAGES.text("doing.prepareCopy"), e);
        }
    }

    private Progress<StoredRestorePoint> seal(StoredRestorePoint point, JobOutput output) {
        output.values("again")
                .ifPresent(databases -> log.warn(
                        "Restore point {}: the plain dump of {} was not what the database told a second time; it was dumped"
                                + " again, with check sums",
                        point.id(),
                        String.join(" ", databases)));
        List<String> copied = output.need("copy");
        Copy copy = new Copy(
                copied.get(0),
                Long.parseLong(copied.get(1)),
                String.join(" ", output.need("client")),
                site.clock().instant());
        StoredRestorePoint secured = point.storage() == null
                ? online(point, output).copied(copy, RestorePoint.State.DUMP_ONLY)
                : point.copied(copy, RestorePoint.State.VERIFIED);
        DataJob seal = site.copyJobs().seal(point.id(), Manifest.of(site.cluster(), secured));
        if (site.jobs().look(seal, MESSAGES.text("doing.manifest")).isEmpty()) {
            return Progress.pending(MESSAGES.text("release.manifest"));
        }
        if (!site.catalogue().replace(point, secured)) {
            return Progress.pending(text(point));
        }
        log.info("Restore point {} has a verified durable copy of {}", point.id(), Sizes.shown(copy.size()));
        return finished(secured);
    }

    /** Its jobs go after the result is recorded; whoever was cut off between the two comes here again. */
    private Progress<StoredRestorePoint> finished(StoredRestorePoint point) {
        CopyJobs.makingOf(point.id()).forEach(site.jobs()::forget);
        return Progress.done(point);
    }

    /** What a dump of running databases tells besides: its moment, and the storage. */
    private static StoredRestorePoint online(StoredRestorePoint point, JobOutput output) {
        long second = Long.parseLong(output.need("snapshot").get(0));
        return point.asOf(Instant.ofEpochSecond(second)).archived(Archive.of(output), null);
    }

    private static String names(StoredRestorePoint point) {
        return String.join(
                ", ", point.databases().stream().map(CoveredDatabase::name).toList());
    }

    private String text(StoredRestorePoint point) {
        return MESSAGES.text(
                "secure.progress",
                Sizes.shown(point.databaseSize()),
                Duration.between(point.takenAt(), site.clock().instant()).toSeconds());
    }
}
