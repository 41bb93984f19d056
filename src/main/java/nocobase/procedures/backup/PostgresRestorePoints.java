package nocobase.procedures.backup;

import java.sql.SQLException;
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
import nocobase.procedures.cluster.FailureException;
import nocobase.procedures.cluster.Holding;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.cluster.RestorePoints;
import nocobase.procedures.concurrent.BackgroundWork;
import nocobase.procedures.concurrent.BackgroundWork.Standing;
import nocobase.procedures.language.Messages;

/**
 * Restore points of one cluster whose NocoBase is on PostgreSQL: a clone on the server in the downtime, a durable and
 * verified copy beside the first start, a swap to go back. The catalogue is the table {@code restore_point} in the engine's
 * own database; it is created when missing.
 */
public final class PostgresRestorePoints implements RestorePoints {

    private static final Messages MESSAGES = Messages.of("backup");

    private static final Duration UPKEEP = Duration.ofSeconds(8);

    private final Site site;
    private final Catalogue catalogue;
    private final Take taking;
    private final Discard giveUp;
    private final Secure securing;
    private final Verify proving;
    private final Restore restoring;
    private final SetAside beginning;
    private final Receive receiving;
    private final Prune pruning;
    private final DropClone releasing;
    private final RestorePointChecks preconditions;
    private final BackgroundWork<StoredRestorePoint> work = new BackgroundWork<>("restore-points");
    private final BackgroundWork<List<Holding>> settingAside = new BackgroundWork<>("restore-points");
    private final BackgroundWork<Void> upkeep = new BackgroundWork<>("restore-points");

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
        this.site = Site.of(cluster, settings, containers, runtime, clock, catalogue);
        this.catalogue = catalogue;
        this.taking = new Take(site);
        this.securing = new Secure(site);
        this.proving = new Verify(site);
        this.restoring = new Restore(site, securing);
        this.beginning = new SetAside(site);
        this.receiving = new Receive(site);
        this.pruning = new Prune(site);
        this.releasing = new DropClone(site, securing, pruning);
        this.giveUp = new Discard(site.server(), site.jobs());
        this.preconditions = new RestorePointChecks(site);
    }

    @Override
    public Progress<RestorePoint> take(OperationId operation) {
        return deciding(() -> {
            Optional<StoredRestorePoint> known = catalogue.find(operation.value());
            if (known.isPresent() && known.get().state() != null) {
                return Progress.done(taking.finished(known.get()));
            }
            if (known.isPresent() && known.get().storage() != null) {
                return securing.advance(operation, known.get());
            }
            Progress<StoredRestorePoint> progress =
                    told(work.ensure("take " + operation, texts -> taking.run(operation, texts)));
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
        Restoral restoral = new Restoral(restorePoint, operation);
        return deciding(() -> told(
                work.ensure("restore " + restorePoint + " in " + operation, texts -> restoring.run(restoral, texts))));
    }

    @Override
    public Progress<RestorePoint> takeOnline(OperationId operation) {
        return deciding(() -> securing.advanceOnline(operation));
    }

    @Override
    public Progress<RestorePoint.Proof> verify(String restorePoint, OperationId operation) {
        try {
            return proving.advance(restorePoint, operation);
        } catch (FailureException e) {
            return Progress.failed(e.failure());
        }
    }

    @Override
    public Progress<List<Holding>> setAside(OperationId operation) {
        return told(settingAside.ensure("set aside in " + operation, texts -> beginning.run(operation, texts)));
    }

    @Override
    public Progress<RestorePoint> receive(String restorePoint, RestorePoints source) {
        return deciding(() -> {
            Site other = siteOf(source);
            return told(work.ensure("receive " + restorePoint, texts -> receiving.run(restorePoint, other, texts)));
        });
    }

    @Override
    public List<Check> compatibility(String restorePoint, RestorePoints source) {
        try {
            return new Compatibility(site).check(restorePoint, siteOf(source));
        } catch (FailureException e) {
            return List.of(Check.fail(
                    MESSAGES.text("check.sourceCluster"),
                    e.failure().what(),
                    e.failure().remedy()));
        }
    }

    private Site siteOf(RestorePoints source) {
        if (source instanceof PostgresRestorePoints other && other != this) {
            return other.site;
        }
        throw new CannotProceedException(Failure.of(
                source == this ? MESSAGES.text("receive.same") : MESSAGES.text("receive.notPostgres"),
                MESSAGES.text("receive.remedy")));
    }

    @Override
    public List<Holding> holdings() {
        return pruning.holdings();
    }

    @Override
    public List<Holding> surplus(Set<String> keep) {
        return pruning.surplus(Set.copyOf(keep)).holdings();
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
        Progress<Void> progress = told(upkeep.within(
                UPKEEP, "prune restore points of " + site.cluster(), texts -> pruning.run(Set.copyOf(keepIds), texts)));
        if (progress instanceof Progress.Failed<Void> failed) {
            throw new CannotProceedException(failed.failure());
        }
    }

    @Override
    public Progress<RestorePoint> dropClone(OperationId operation) {
        return deciding(() -> releasing.advance(operation, taken(operation)));
    }

    @Override
    public long databaseSize() {
        try {
            return Discovery.of(site.server()).size(site.server());
        } catch (SQLException e) {
            throw new IllegalStateException("The databases' size cannot be read", e);
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
                        MESSAGES.text("restorePoint.notTaken", operation),
                        MESSAGES.text("restorePoint.notTaken.remedy"))));
    }

    private static <T> Progress<T> told(Standing<T> standing) {
        if (standing instanceof Standing.Done<T> done) {
            return Progress.done(done.result());
        }
        if (standing instanceof Standing.UnderWay<T> underWay) {
            return Progress.pending(underWay.text().isEmpty() ? MESSAGES.text("work.beginning") : underWay.text());
        }
        RuntimeException why = ((Standing.Failed<T>) standing).why();
        if (why instanceof FailureException decision) {
            return Progress.failed(decision.failure());
        }
        throw why;
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
        } catch (FailureException e) {
            return Progress.failed(e.failure());
        }
    }
}
