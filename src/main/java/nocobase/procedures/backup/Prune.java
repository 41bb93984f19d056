package nocobase.procedures.backup;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import nocobase.procedures.backup.Sessions.Session;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.DataJob;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.FailureException;
import nocobase.procedures.cluster.Holding;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.language.Messages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes what retention no longer keeps: databases first, then folders, then the catalogue's rows. */
final class Prune {

    private static final Messages MESSAGES = Messages.of("backup");

    private static final Logger log = LoggerFactory.getLogger(Prune.class);

    private final Site site;

    Prune(Site site) {
        this.site = site;
    }

    /** All that is kept, the newest first. */
    List<Holding> holdings() {
        List<Holding> holdings = new ArrayList<>();
        site.catalogue().list().forEach(point -> holdings.add(Retention.holding(Holding.Kind.RESTORE_POINT, point)));
        site.catalogue().replaced().forEach(one -> holdings.addAll(one.holdings()));
        holdings.sort(Comparator.comparing(Holding::since).reversed());
        return holdings;
    }

    Retention surplus(Set<String> protectedIds) {
        return Retention.of(
                site.catalogue().list(), site.catalogue().replaced(), site.keep(), protectedIds, this::atWork);
    }

    Void run(Set<String> protectedIds, Consumer<String> progress) {
        Retention surplus = surplus(protectedIds);
        for (StoredRestorePoint point : surplus.clones()) {
            if (intact(point, progress)) {
                dropClones(point);
            }
        }
        surplus.points().forEach(this::offerNoMore);
        for (StoredRestorePoint point : surplus.points()) {
            drop(point.clones());
        }
        for (Replaced replaced : surplus.replaced()) {
            drop(replaced.databaseNames());
        }
        removeFolders(surplus.replaced(), progress);
        removeCopies(surplus.points(), progress);
        forgetGivenUp(protectedIds);
        return null;
    }

    /** Half removed it must not be chosen, nor counted on: removing takes a while, and can be cut off. */
    private void offerNoMore(StoredRestorePoint point) {
        if (point.good()) {
            site.catalogue().save(point.with(RestorePoint.State.SPENT));
        }
    }

    /** Only then its clone goes: the copy is the last one. That it is not is no reason to keep what else is surplus. */
    private boolean intact(StoredRestorePoint point, Consumer<String> progress) {
        if (point.clones().isEmpty()) {
            return true;
        }
        DataJob reread = site.reread(point);
        try {
            JobOutput output = site.jobs().await(reread, MESSAGES.text("doing.readCopyOf", point.id()), progress);
            site.jobs().forget(reread.name());
            if (output.values("intact").isPresent()) {
                return true;
            }
            if (output.values("damaged").isPresent()) {
                site.catalogue().replace(point, point.nowDamaged());
            }
            log.warn("Restore point {}: {}. Its clone stays.", point.id(), output.lastLine());
        } catch (FailureException e) {
            log.warn(
                    "Restore point {}: {} Its clone stays.",
                    point.id(),
                    e.failure().what());
        }
        return false;
    }

    /** Jobs that a deleted procedure left, and a durable copy in the making; its clone stays until retention says otherwise. */
    private void forgetGivenUp(Set<String> protectedIds) {
        site.catalogue().list().stream()
                .filter(point -> !protectedIds.contains(point.id()) && !atWork(point))
                .forEach(point -> {
                    CopyJobs.worksOn(point.id()).forEach(site.jobs()::forget);
                    if (point.dumping() && !point.durable()) {
                        site.catalogue().replace(point, point.notDumping());
                    }
                });
    }

    void dropClones(StoredRestorePoint point) {
        if (!point.durable()) {
            throw new CannotProceedException(
                    Failure.of(MESSAGES.text("clone.kept", point.id()), MESSAGES.text("clone.kept.remedy")));
        }
        drop(point.clones());
        site.catalogue().save(point.with(RestorePoint.State.DUMP_ONLY));
    }

    /**
     * Also another cluster's procedure may work with a restore point of this one, which this cluster's procedure knows
     * nothing of. One that is being taken may be between two jobs: it is young then.
     */
    private boolean atWork(StoredRestorePoint point) {
        Duration age = Duration.between(point.takenAt(), site.clock().instant());
        if (point.state() == null && age.compareTo(site.settings().backupTimeout()) < 0) {
            return true;
        }
        return CopyJobs.worksOn(point.id()).stream().anyMatch(site.jobs()::running);
    }

    private void removeFolders(List<Replaced> replaced, Consumer<String> progress) {
        List<String> folders =
                replaced.stream().map(Replaced::folder).filter(Objects::nonNull).toList();
        if (!folders.isEmpty()) {
            log.info("Removing from the storage {}", String.join(", ", folders));
            String firstNode = site.runtime().observe().first().name();
            DataJob removal = site.copyJobs().removeReplaced(firstNode, folders);
            site.jobs().await(removal, MESSAGES.text("doing.removeFolders"), progress);
            site.jobs().forget(removal.name());
        }
        replaced.forEach(site.catalogue()::remove);
    }

    private void removeCopies(List<StoredRestorePoint> surplus, Consumer<String> progress) {
        List<String> ids = surplus.stream().map(StoredRestorePoint::id).toList();
        if (ids.isEmpty()) {
            return;
        }
        log.info("Removing restore points {}", String.join(", ", ids));
        ids.forEach(id -> CopyJobs.worksOn(id).forEach(site.jobs()::forget));
        DataJob removal = site.copyJobs().remove(ids);
        site.jobs().await(removal, MESSAGES.text("doing.removeOld"), progress);
        site.jobs().forget(removal.name());
        ids.forEach(site.catalogue()::remove);
    }

    private void drop(List<String> databases) {
        if (databases.isEmpty()) {
            return;
        }
        try {
            site.server().outsideForLong(connection -> {
                for (String database : databases) {
                    drop(connection, database);
                }
                return null;
            });
        } catch (SQLException e) {
            throw SqlFaults.of(MESSAGES.text("doing.dropOld"), e);
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
        // One that was a template is kept as one, and the server drops none.
        if (TraitsReader.read(connection, database).template()) {
            DatabaseServer.execute(connection, "ALTER DATABASE " + Sql.name(database) + " IS_TEMPLATE false");
        }
        DatabaseServer.execute(connection, "DROP DATABASE IF EXISTS " + Sql.name(database));
    }
}
