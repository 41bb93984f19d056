package nocobase.procedures.backup;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nocobase.procedures.backup.StoredRestorePoint.Copy;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.DataJob;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.FailureException;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.language.Messages;

/**
 * Does once, while clients are served, what a restore point and a rollback to it will do: the very jobs with the very mounts,
 * networks, images and roles, on a dump of the schema alone; the very statements, on scratch databases or in a way that the
 * server can only refuse. No production session, row or file is changed.
 */
final class DryRun {

    private static final Messages MESSAGES = Messages.of("backup");

    /** All of them together stay below the time after which the engine lets another thread do the same. */
    private static final Duration LONGEST_JOB = Duration.ofSeconds(60);

    private static final Duration LOOK = Duration.ofMillis(150);

    private final Site site;
    private final String id;

    DryRun(Site site) {
        this.site = site;
        this.id = "procedures-" + site.cluster() + "-dry-run";
    }

    /** Work of the dry run. */
    private interface Step {
        void run() throws SQLException;
    }

    /** Synchronized: its jobs and scratch databases have one name for ever. */
    synchronized Check check(Discovery discovery) {
        String name = MESSAGES.text("check.dryRun");
        long begun = System.nanoTime();
        try {
            site.server().outsideForLong(connection -> {
                ServerLock.take(connection, id, text -> {});
                run(connection, discovery);
                return null;
            });
            double seconds = (System.nanoTime() - begun) / 1e9;
            return Check.pass(
                    name,
                    MESSAGES.text(
                            "check.dryRun.done",
                            String.join(", ", discovery.databases()),
                            String.format(java.util.Locale.ROOT, "%.1f", seconds)));
        } catch (FailureException e) {
            return Check.fail(name, e.failure().what(), e.failure().remedy());
        } catch (SQLException e) {
            return Check.fail(name, e.getMessage(), MESSAGES.text("sql.other"));
        }
    }

    /** The storage is tried meanwhile: it takes about as long as the databases, on other volumes. */
    private void run(Connection connection, Discovery discovery) throws SQLException {
        Optional<String> firstNode = site.runtime().observe().firstIfAny().map(Node::name);
        Optional<Meanwhile> storage =
                firstNode.map(node -> new Meanwhile(site.copyJobs().dryRunOfStorage(id, node)));
        try {
            step("storage", () -> storage.ifPresent(Meanwhile::begin));
            onDatabases(connection, discovery, firstNode.orElse(null));
            step("storage", () -> storage.ifPresent(Meanwhile::end));
        } finally {
            storage.ifPresent(Meanwhile::settle);
        }
    }

    private void onDatabases(Connection connection, Discovery discovery, String firstNode) throws SQLException {
        StoredRestorePoint point = point(connection, discovery);
        DatabaseServer.Facts facts = DatabaseServer.Facts.of(connection);
        List<String> scratch = point.scratch();
        HarmlessStatements statements = new HarmlessStatements(site, connection);
        for (CoveredDatabase database : point.databases()) {
            step("clone", () -> statements.cloning(database, facts.version()));
            step("swap", () -> statements.renaming(database.name()));
        }
        try {
            Copy[] copy = new Copy[1];
            step("dump", () -> copy[0] = dump(point, firstNode, facts));
            StoredRestorePoint dumped = point.copied(copy[0], RestorePoint.State.DUMP_ONLY);
            step("restore", () -> await(site.copyJobs().restoreSchema(dumped, scratch, facts), "doing.restoreCopy"));
            step("traits", () -> applyTraits(connection, dumped, scratch));
            step("swap", () -> swap(connection, dumped, scratch));
        } finally {
            drop(connection, scratch, facts.version());
        }
    }

    /** A job that runs while other things are done. */
    private final class Meanwhile {

        private final DataJob job;
        private final long begun = System.nanoTime();

        Meanwhile(DataJob job) {
            this.job = job;
        }

        void begin() {
            site.jobs().forget(job.name());
            site.jobs().look(job, MESSAGES.text("doing.putBack"));
        }

        void end() {
            site.jobs().await(job, MESSAGES.text("doing.putBack"), text -> requireTime(begun));
        }

        /** It takes its tree away at its own end, which is not cut off because something else failed. */
        void settle() {
            while (site.jobs().running(job.name()) && System.nanoTime() - begun < LONGEST_JOB.toNanos()) {
                Pause.of(LOOK);
            }
            site.jobs().forget(job.name());
        }
    }

    /** As one that is taken now would be. */
    private StoredRestorePoint point(Connection connection, Discovery discovery) throws SQLException {
        List<CoveredDatabase> databases = new ArrayList<>();
        for (String name : discovery.databases()) {
            databases.add(new CoveredDatabase(name, null, 0, TraitsReader.read(connection, name)));
        }
        return new StoredRestorePoint(
                id,
                site.clock().instant(),
                discovery.version(),
                site.settings().restorePoints().mode(),
                DatabaseServer.version(connection),
                databases,
                List.of(),
                List.of(),
                null,
                null,
                false,
                null,
                null,
                null);
    }

    private Copy dump(StoredRestorePoint point, String firstNode, DatabaseServer.Facts facts) {
        JobOutput output = await(site.copyJobs().dumpSchema(point, firstNode, facts), "doing.dumpSchema");
        List<String> copied = output.need("copy");
        return new Copy(
                copied.get(0), Long.parseLong(copied.get(1)), "", site.clock().instant());
    }

    private JobOutput await(DataJob job, String doing) {
        site.jobs().forget(job.name());
        long begun = System.nanoTime();
        try {
            return site.jobs().await(job, MESSAGES.text(doing), text -> requireTime(begun));
        } finally {
            site.jobs().forget(job.name());
        }
    }

    private static void requireTime(long begun) {
        if (System.nanoTime() - begun > LONGEST_JOB.toNanos()) {
            throw new CannotProceedException(Failure.of(MESSAGES, "check.dryRun.tooLong.", LONGEST_JOB.toSeconds()));
        }
    }

    private static void applyTraits(Connection connection, StoredRestorePoint point, List<String> scratch)
            throws SQLException {
        for (int i = 0; i < scratch.size(); i++) {
            Restore.applyTraits(connection, scratch.get(i), point.databases().get(i));
        }
    }

    /** Both renames of every database in one transaction, from the session that will do it, and all that goes with them. */
    private static void swap(Connection connection, StoredRestorePoint point, List<String> scratch)
            throws SQLException {
        List<String> statements = new ArrayList<>();
        List<String> taken = new ArrayList<>();
        for (int i = 0; i < scratch.size(); i++) {
            CoveredDatabase database = point.databases().get(i);
            String aside = DatabaseNames.failed(database.name(), Restoral.digest(point.id()));
            statements.add(TraitsSql.rename(scratch.get(i), aside));
            statements.add(TraitsSql.rename(aside, scratch.get(i)));
            statements.addAll(TraitsSql.activate(scratch.get(i), database.traits()));
            taken.addAll(TraitsSql.deactivate(scratch.get(i)));
        }
        statements.addAll(taken);
        DatabaseServer.executeTogether(connection, statements);
    }

    private static void drop(Connection connection, List<String> scratch, int version) throws SQLException {
        for (String name : scratch) {
            DatabaseServer.execute(connection, TraitsSql.dropFreshly(name, version));
        }
    }

    /** Says what would have failed, and when. */
    private static void step(String which, Step step) {
        try {
            step.run();
        } catch (FailureException e) {
            throw refused(which, e.failure());
        } catch (SQLException e) {
            throw refused(which, SqlFaults.failure(MESSAGES.text("doing.dryRun"), e));
        }
    }

    private static CannotProceedException refused(String which, Failure failure) {
        return new CannotProceedException(new Failure(
                MESSAGES.text("check.dryRun." + which, failure.what()),
                failure.node(),
                failure.remedy(),
                failure.logTail()));
    }
}
