package nocobase.procedures.backup;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import nocobase.procedures.backup.StoredRestorePoint.Archive;
import nocobase.procedures.cluster.ClusterState;
import nocobase.procedures.cluster.DataJob;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.cluster.RestorePointSettings.Mode;
import nocobase.procedures.concurrent.LogContext;
import nocobase.procedures.language.Messages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a restore point in the downtime: storage archive and clone, beside each other from their beginning on. Begins
 * wherever an earlier attempt was cut off.
 */
final class Take {

    private static final Messages MESSAGES = Messages.of("backup");

    private static final Logger log = LoggerFactory.getLogger(Take.class);

    private static final String ARCHIVING = "doing.archive";

    private final Site site;
    private final Planning planning;
    private final Vacancy vacancy;
    private final Cloning cloning;
    private final boolean clones;

    Take(Site site) {
        this.site = site;
        this.planning = new Planning(site);
        this.vacancy = new Vacancy(site);
        this.cloning = new Cloning(site.server(), vacancy);
        this.clones = site.settings().restorePoints().mode() == Mode.CLONE_THEN_DUMP;
    }

    StoredRestorePoint run(OperationId operation, Consumer<String> progress) {
        try {
            return site.server().outsideForLong(connection -> {
                ServerLock.take(connection, site.server().settings().name(), progress);
                Optional<StoredRestorePoint> taken =
                        site.catalogue().find(operation.value()).filter(point -> point.storage() != null);
                return taken.isPresent() ? finished(taken.get()) : take(connection, operation, progress);
            });
        } catch (SQLException e) {
            throw SqlFaults.of(MESSAGES.text("doing.prepare"), e);
        }
    }

    private StoredRestorePoint take(Connection connection, OperationId operation, Consumer<String> progress)
            throws SQLException {
        ClusterState nodes = Standstill.require(site.runtime(), MESSAGES.text("standstill.take"));
        String firstNode = nodes.first().name();
        StoredRestorePoint planned = planning.plan(connection, operation, nodes, clones);
        DataJob archive = site.copyJobs().archiveStorage(operation, firstNode, planning.definitions(nodes));
        log.info("Archiving the storage of {} for restore point {}", firstNode, operation);
        CompletableFuture<?> begun = CompletableFuture.runAsync(
                LogContext.carried(() -> site.jobs().look(archive, MESSAGES.text(ARCHIVING))));
        try {
            for (CoveredDatabase database : planned.databases()) {
                if (clones) {
                    cloning.ensure(connection, database, progress);
                } else {
                    vacancy.ensure(connection, List.of(database.name()), progress);
                }
            }
        } finally {
            // Nothing goes on behind the back of whoever gives up. How it failed, the wait below tells.
            begun.handle((done, fault) -> null).join();
        }
        Archive archived = Archive.of(site.jobs().await(archive, MESSAGES.text(ARCHIVING), progress));
        StoredRestorePoint taken = planned.archived(archived, clones ? RestorePoint.State.CLONED : null);
        site.catalogue().save(taken);
        return finished(taken);
    }

    /** Its job goes after the result is recorded; whoever was cut off between the two comes here again. */
    StoredRestorePoint finished(StoredRestorePoint taken) {
        site.jobs().forget(CopyJobs.storageName(taken.id()));
        return taken;
    }
}
