package nocobase.procedures.backup;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import javax.sql.DataSource;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.ClusterRuntime;
import nocobase.procedures.cluster.ClusterSettings;
import nocobase.procedures.cluster.Containers;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.Holding;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.cluster.RestorePointSettings.Mode;
import nocobase.procedures.cluster.RestorePoints;

/**
 * Restore points of one cluster whose NocoBase is on PostgreSQL: a clone on the server in the downtime, a durable and
 * verified copy beside the first start, a swap to go back. The catalogue is the table {@code restore_point} in the engine's
 * own database; it is created when missing.
 */
public final class PostgresRestorePoints implements RestorePoints {

    private static final Duration UPKEEP = Duration.ofSeconds(8);

    private final String cluster;
    private final Mode mode;
    private final int keep;
    private final Catalogue catalogue;
    private final Taking taking;
    private final GivingUp giveUp;
    private final Securing securing;
    private final Restoring restoring;
    private final Pruning pruning;
    private final Preconditions preconditions;
    private final BackgroundWork<StoredRestorePoint> work = new BackgroundWork<>();
    private final BackgroundWork<Void> upkeep = new BackgroundWork<>();

    /**
     * @param cluster the cluster's name
     * @param settings its settings, with database and restore-points
     * @param engine the engine's own database, for the catalogue
     */
    public PostgresRestorePoints(
            String cluster,
            ClusterSettings settings,
            Containers containers,
            ClusterRuntime runtime,
            Clock clock,
            DataSource engine) {
        this(cluster, settings, containers, runtime, clock, new CatalogueTable(cluster, engine));
    }

    PostgresRestorePoints(
            String cluster,
            ClusterSettings settings,
            Containers containers,
            ClusterRuntime runtime,
            Clock clock,
            Catalogue catalogue) {
        DatabaseServer server = new DatabaseServer(settings.database());
        CopyJobs copyJobs = new CopyJobs(cluster, settings, server);
        Jobs jobs = new Jobs(containers);
        this.cluster = cluster;
        this.mode = settings.restorePoints().mode();
        this.keep = settings.restorePoints().keep();
        this.catalogue = catalogue;
        this.taking = new Taking(server, catalogue, runtime, copyJobs, jobs, containers, clock, mode);
        this.securing = new Securing(cluster, server, catalogue, runtime, copyJobs, jobs, clock);
        this.restoring = new Restoring(server, catalogue, runtime, copyJobs, jobs, securing);
        this.pruning = new Pruning(cluster, server, catalogue, copyJobs, jobs);
        this.giveUp = new GivingUp(server, jobs);
        this.preconditions = new Preconditions(cluster, settings, server, catalogue, runtime, containers, copyJobs);
    }

    @Override
    public Progress<RestorePoint> take(OperationId operation) {
        return deciding(() -> {
            Optional<StoredRestorePoint> known = catalogue.find(operation.value());
            if (known.isPresent() && known.get().state() != null) {
                return Progress.done(known.get());
            }
            if (mode == Mode.DUMP_FIRST && known.isPresent() && known.get().storage() != null) {
                return securing.advance(operation, known.get());
            }
            Progress<StoredRestorePoint> progress =
                    work.ensure("take " + operation, texts -> taking.run(operation, texts));
            return progress instanceof Progress.Done<StoredRestorePoint> done
                            && done.result().state() == null
                    ? securing.advance(operation, done.result())
                    : progress;
        });
    }

    @Override
    public void discard(OperationId operation) {
        Optional<StoredRestorePoint> begun = catalogue.find(operation.value());
        if (begun.isPresent() && begun.get().state() != null) {
            return;
        }
        List<String> clones = begun.map(StoredRestorePoint::clones).orElse(List.of());
        giveUp.run(operation.value(), clones, () -> work.underWay("take " + operation));
    }

    @Override
    public Progress<RestorePoint> secure(OperationId operation) {
        return deciding(() -> securing.advance(operation, taken(operation)));
    }

    @Override
    public Progress<RestorePoint> restore(String restorePoint, OperationId operation) {
        return deciding(() -> work.ensure(
                "restore " + restorePoint + " in " + operation,
                texts -> restoring.run(restorePoint, operation, texts)));
    }

    @Override
    public Progress<RestorePoint> takeOnline(OperationId operation) {
        throw new UnsupportedOperationException("Being built");
    }

    @Override
    public Progress<RestorePoint.Proof> verify(String restorePoint, OperationId operation) {
        throw new UnsupportedOperationException("Being built");
    }

    @Override
    public Progress<List<Holding>> setAside(OperationId operation) {
        throw new UnsupportedOperationException("Being built");
    }

    @Override
    public Progress<RestorePoint> receive(String restorePoint, RestorePoints source) {
        throw new UnsupportedOperationException("Being built");
    }

    @Override
    public List<Check> compatibility(String restorePoint, RestorePoints source) {
        throw new UnsupportedOperationException("Being built");
    }

    @Override
    public List<Holding> holdings() {
        throw new UnsupportedOperationException("Being built");
    }

    @Override
    public List<Holding> surplus(Set<String> keep) {
        throw new UnsupportedOperationException("Being built");
    }

    @Override
    public Optional<RestorePoint> find(String id) {
        return catalogue.find(id).flatMap(StoredRestorePoint::shown);
    }

    @Override
    public List<RestorePoint> list() {
        return catalogue.list().stream()
                .flatMap(point -> point.shown().stream())
                .toList();
    }

    /** What takes longer than a few seconds goes on in the background; what it could not remove, the next call tries again. */
    @Override
    public void prune(Set<String> keepIds) {
        Progress<Void> progress = upkeep.within(
                UPKEEP, "prune restore points of " + cluster, texts -> pruning.run(keep, Set.copyOf(keepIds), texts));
        if (progress instanceof Progress.Failed<Void> failed) {
            throw new CannotProceedException(failed.failure());
        }
    }

    @Override
    public void dropClone(OperationId operation) {
        StoredRestorePoint point = taken(operation);
        if (point.state() != RestorePoint.State.SPENT) {
            pruning.dropClones(point);
        }
    }

    @Override
    public List<Check> check() {
        return preconditions.check();
    }

    private StoredRestorePoint taken(OperationId operation) {
        return catalogue
                .find(operation.value())
                .filter(point -> point.state() != null)
                .orElseThrow(() -> new CannotProceedException(Failure.of(
                        "Restore point " + operation + " was not taken.", "Take it first, with all nodes stopped.")));
    }

    private static Progress<RestorePoint> deciding(Supplier<Progress<StoredRestorePoint>> step) {
        try {
            Progress<StoredRestorePoint> progress = step.get();
            if (progress instanceof Progress.Pending<StoredRestorePoint> pending) {
                return Progress.pending(pending.text());
            }
            if (progress instanceof Progress.Failed<StoredRestorePoint> failed) {
                return Progress.failed(failed.failure());
            }
            StoredRestorePoint point = ((Progress.Done<StoredRestorePoint>) progress).result();
            return Progress.done(point.shown().orElseThrow());
        } catch (CannotProceedException e) {
            return Progress.failed(e.failure());
        }
    }
}
