package nocobase.procedures.backup;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import nocobase.procedures.backup.Sessions.Session;
import nocobase.procedures.cluster.CannotProceedException;
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
 * Brings databases and storage back: from the clones, or from the durable copy where they are gone. The world itself says
 * how far an earlier attempt came: the databases that {@link Restoral#aside} names exist if and only if the
 * swap was committed, for both renames of every database are one transaction.
 */
final class Restore {

    private static final Messages MESSAGES = Messages.of("backup");

    private static final Logger log = LoggerFactory.getLogger(Restore.class);

    /** How long a finished dump may take to be sealed before the swap; a running one is cancelled. */
    private static final Duration SEALING = Duration.ofSeconds(10);

    private static final int ATTEMPTS = 3;

    private final Site site;
    private final Secure securing;
    private final Vacancy vacancy;
    private final DiskRoom room;

    Restore(Site site, Secure securing) {
        this.site = site;
        this.securing = securing;
        this.vacancy = new Vacancy(site);
        this.room = new DiskRoom(site);
    }

    StoredRestorePoint run(Restoral restoral, Consumer<String> progress) {
        String firstNode = Standstill.require(site.runtime(), MESSAGES.text("standstill.restore"))
                .first()
                .name();
        try {
            return site.server().outsideForLong(connection -> {
                ServerLock.take(connection, site.server().settings().name(), progress);
                return restore(connection, firstNode, find(restoral.restorePoint()), restoral, progress);
            });
        } catch (SQLException e) {
            throw SqlFaults.of("restoring " + restoral.restorePoint(), e);
        }
    }

    private StoredRestorePoint find(String id) {
        return site.catalogue()
                .find(id)
                .filter(point -> point.state() != null)
                .orElseThrow(() -> new CannotProceedException(Failure.of(
                        MESSAGES.text("restorePoint.unknown", id), MESSAGES.text("restorePoint.unknown.remedy"))));
    }

    private StoredRestorePoint restore(
            Connection connection,
            String firstNode,
            StoredRestorePoint found,
            Restoral restoral,
            Consumer<String> progress)
            throws SQLException {
        StoredRestorePoint point = found;
        boolean swapped = swapped(connection, point, restoral);
        List<String> sources = List.of();
        if (!swapped) {
            boolean fromClones = !point.clones().isEmpty()
                    && Cloning.missing(connection, point.clones()).isEmpty();
            if (!fromClones && !point.durable()) {
                throw nothingLeft(point);
            }
            point = endDump(connection, point, restoral, progress);
            // Known to be possible before anything is touched.
            vacancy.ensure(connection, occupied(point, fromClones), progress);
            lookAtStorage(point, restoral, firstNode, progress);
            sources = fromClones
                    ? fromClones(connection, point, restoral, progress)
                    : fromDump(connection, point, restoral, progress);
        }
        writeDown(connection, point, restoral, 0);
        // The server may refuse the swap; the storage, which nobody refuses after the look, comes after it.
        if (!swapped) {
            swap(connection, point, sources, restoral, progress);
        }
        DataJob storage = site.copyJobs().restoreStorage(restoral, point, firstNode);
        log.info("Putting the storage of restore point {} back through {}", point.id(), firstNode);
        JobOutput stored = site.jobs().await(storage, MESSAGES.text("doing.putBack"), progress);
        writeDown(
                connection,
                point,
                restoral,
                Long.parseLong(stored.need("replaced").get(0)) << 10);
        return finished(connection, point, restoral);
    }

    private void lookAtStorage(
            StoredRestorePoint point, Restoral restoral, String firstNode, Consumer<String> progress) {
        DataJob look = site.copyJobs().lookAtStorage(restoral, point, firstNode);
        site.jobs().await(look, MESSAGES.text("doing.lookAtStorage"), progress);
        site.jobs().forget(look.name());
    }

    private static boolean swapped(Connection connection, StoredRestorePoint point, Restoral restoral)
            throws SQLException {
        return Cloning.missing(connection, setAside(point, restoral)).isEmpty();
    }

    private static List<String> setAside(StoredRestorePoint point, Restoral restoral) {
        return names(point, restoral::aside);
    }

    private static List<String> names(StoredRestorePoint point, UnaryOperator<String> naming) {
        return point.databases().stream()
                .map(database -> naming.apply(database.name()))
                .toList();
    }

    /** What is kept of the present state; before the first thing is set aside, and again when all is. */
    private void writeDown(Connection connection, StoredRestorePoint point, Restoral restoral, long folderSize)
            throws SQLException {
        List<Replaced.Database> kept = new ArrayList<>();
        for (String name : setAside(point, restoral)) {
            if (DatabaseServer.exists(connection, name)) {
                kept.add(new Replaced.Database(name, DatabaseServer.size(connection, name)));
            }
        }
        Optional<Replaced> before = site.catalogue().replaced().stream()
                .filter(one -> one.key().equals(restoral.tag()))
                .findFirst();
        site.catalogue()
                .save(new Replaced(
                        restoral.tag(),
                        restoral.operation().value(),
                        point.id(),
                        before.map(Replaced::since).orElseGet(site.clock()::instant),
                        kept,
                        restoral.folder(),
                        Math.max(folderSize, before.map(Replaced::folderSize).orElse(0L))));
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
    private StoredRestorePoint endDump(
            Connection connection, StoredRestorePoint point, Restoral restoral, Consumer<String> progress)
            throws SQLException {
        if (point.durable() || !point.dumping()) {
            return point;
        }
        String job = CopyJobs.dumpName(point.id());
        try {
            long deadline = System.nanoTime() + SEALING.toNanos();
            while (!site.jobs().running(job) && System.nanoTime() < deadline) {
                progress.accept(MESSAGES.text("restore.finishing"));
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
                "Cancelling the dump of restore point {}: operation {} rolls back to its clone",
                point.id(),
                restoral.operation());
        CopyJobs.makingOf(point.id()).forEach(site.jobs()::forget);
        // A session that counts rows would notice only at its end that nobody listens any more.
        for (Session session : Sessions.connected(connection, point.clones())) {
            if (session.ofEngine()) {
                Sessions.terminate(connection, session, "its dump was cancelled");
            }
        }
        StoredRestorePoint cancelled = point.notDumping();
        site.catalogue().save(cancelled);
        return cancelled;
    }

    /**
     * The clones themselves, which a swap uses up; or, as long as nothing else of the restore point is durable and the disk
     * has the room, copies of them: then it stays good for another restore.
     */
    private List<String> fromClones(
            Connection connection, StoredRestorePoint point, Restoral restoral, Consumer<String> progress)
            throws SQLException {
        OptionalLong free = point.durable() ? OptionalLong.empty() : room.ofDatabases(connection);
        if (free.isEmpty() || !DiskRoom.enough(free.getAsLong(), point.databaseSize())) {
            return point.clones();
        }
        List<String> copies = names(point, restoral::fresh);
        int version = DatabaseServer.version(connection);
        for (int i = 0; i < copies.size(); i++) {
            CoveredDatabase database = point.databases().get(i);
            progress.accept(MESSAGES.text("restore.copying", database.cloneName(), Sizes.shown(database.size())));
            log.info("Copying clone {} as {}", database.cloneName(), copies.get(i));
            // Ours alone and without value: an earlier attempt was cut off after it.
            DatabaseServer.execute(connection, TraitsSql.dropFreshly(copies.get(i), version));
            DatabaseServer.execute(
                    connection, TraitsSql.createClone(copies.get(i), database.cloneName(), database.traits(), version));
            applyTraits(connection, copies.get(i), database);
        }
        return copies;
    }

    private List<String> fromDump(
            Connection connection, StoredRestorePoint point, Restoral restoral, Consumer<String> progress)
            throws SQLException {
        List<String> into = names(point, restoral::fresh);
        DataJob job = site.copyJobs().restoreDump(restoral, point, into, DatabaseServer.Facts.of(connection));
        log.info("Restoring the durable copy of {} into {}", point.id(), String.join(", ", into));
        site.jobs().await(job, MESSAGES.text("doing.restoreCopy"), progress);
        for (int i = 0; i < into.size(); i++) {
            applyTraits(connection, into.get(i), point.databases().get(i));
        }
        return into;
    }

    static void applyTraits(Connection connection, String name, CoveredDatabase database) throws SQLException {
        DatabaseTraits wanted = database.traits().whileAside();
        DatabaseServer.executeTogether(connection, TraitsSql.apply(name, wanted, TraitsReader.read(connection, name)));
        // Not all that is refused is an error: of a privilege that a role may not grant the server merely warns.
        List<String> lacks = wanted.lackedBy(TraitsReader.read(connection, name));
        if (!lacks.isEmpty()) {
            throw new CannotProceedException(Failure.of(
                    MESSAGES.text("restore.lacks", name, database.name(), String.join(", ", lacks)),
                    MESSAGES.text("restore.lacks.remedy")));
        }
    }

    /** All renames are one transaction: after a crash either nothing or everything is swapped. */
    private void swap(
            Connection connection,
            StoredRestorePoint point,
            List<String> sources,
            Restoral restoral,
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
            statements.add(TraitsSql.rename(database.name(), restoral.aside(database.name())));
            involved.add(database.name());
            statements.add(TraitsSql.rename(sources.get(i), database.name()));
            statements.addAll(TraitsSql.activate(database.name(), database.traits()));
        }
        for (int attempt = 1; ; attempt++) {
            vacancy.ensure(connection, involved, progress);
            progress.accept(MESSAGES.text("restore.swapping"));
            log.info("Swapping in {}: {}", String.join(", ", sources), String.join("; ", statements));
            try {
                DatabaseServer.executeTogether(connection, statements);
                return;
            } catch (SQLException e) {
                if (attempt == ATTEMPTS || !"55006".equals(e.getSQLState())) {
                    throw SqlFaults.of(MESSAGES.text("doing.swap"), e);
                }
            }
        }
    }

    private StoredRestorePoint finished(Connection connection, StoredRestorePoint point, Restoral restoral)
            throws SQLException {
        boolean clonesLeft = !point.clones().isEmpty()
                && Cloning.missing(connection, point.clones()).isEmpty();
        StoredRestorePoint latest = site.catalogue().find(point.id()).orElse(point);
        RestorePoint.State used = latest.durable() ? RestorePoint.State.DUMP_ONLY : RestorePoint.State.SPENT;
        StoredRestorePoint restored = latest.with(clonesLeft ? latest.state() : used);
        site.catalogue().save(restored);
        site.jobs().forget(restoral.storageJob());
        site.jobs().forget(restoral.dumpJob());
        return restored;
    }

    private static CannotProceedException nothingLeft(StoredRestorePoint point) {
        return new CannotProceedException(
                Failure.of(MESSAGES.text("restore.spent", point.id()), MESSAGES.text("restore.spent.remedy")));
    }
}
