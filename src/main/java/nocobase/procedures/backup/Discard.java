package nocobase.procedures.backup;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import nocobase.procedures.language.Messages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Cancels a restore point in the making: nodes must not start while their database is being cloned. */
final class Discard {

    private static final Messages MESSAGES = Messages.of("backup");

    private static final Logger log = LoggerFactory.getLogger(Discard.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration PACE = Duration.ofMillis(100);

    private final DatabaseServer server;
    private final Jobs jobs;

    Discard(DatabaseServer server, Jobs jobs) {
        this.server = server;
        this.jobs = jobs;
    }

    /**
     * @param id of the restore point
     * @param clones names of the clones that it may be making
     * @param underWay whether this process itself still works on it
     * @throws IllegalStateException if something is still under way after {@link #PATIENCE}
     */
    void run(String id, List<String> clones, BooleanSupplier underWay) {
        log.info("Giving up restore point {}: cancelling what is under way", id);
        jobs.forget(CopyJobs.storageName(id));
        CopyJobs.makingOf(id).forEach(jobs::forget);
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (cancelled(clones) > 0 || underWay.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException(MESSAGES.text("giveUp.works", id));
            }
            Pause.of(PACE);
        }
    }

    /** A clone whose client died goes on in the server, so it is looked for there. */
    private int cancelled(List<String> clones) {
        try {
            return server.outside(connection -> {
                int cancelled = 0;
                for (String clone : clones) {
                    cancelled += cancel(connection, clone);
                }
                return cancelled;
            });
        } catch (SQLException e) {
            throw SqlFaults.of(MESSAGES.text("doing.cancelClone"), e);
        }
    }

    private static int cancel(Connection connection, String clone) throws SQLException {
        return DatabaseServer.one(
                connection,
                "select count(pg_cancel_backend(pid)) from pg_stat_activity where state = 'active'"
                        + " and pid <> pg_backend_pid() and query like 'CREATE DATABASE %' and position(? in query) > 0",
                row -> row.getInt(1),
                clone);
    }
}
