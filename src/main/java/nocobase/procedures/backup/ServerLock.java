package nocobase.procedures.backup;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import nocobase.procedures.language.Messages;

/**
 * One worker at a time per NocoBase database, across engine instances and crashes: an advisory lock of the session that
 * clones and renames. A {@code CREATE DATABASE} whose client died goes on in the server and keeps its session, and so keeps
 * the lock: whoever waits for the lock waits for it too, although the half-made database is invisible.
 */
final class ServerLock {

    private static final Messages MESSAGES = Messages.of("backup");

    private static final Duration LOOK = Duration.ofMillis(200);

    private static final String HOLDER = """
            select a.pid, left(regexp_replace(a.query, '\\s+', ' ', 'g'), 60) as query,
                   extract(epoch from now() - a.query_start)::int as seconds
              from pg_locks l join pg_stat_activity a using (pid)
             where l.locktype = 'advisory' and l.granted
               and l.database = (select oid from pg_database where datname = current_database())
               and (l.classid::bigint << 32 | l.objid::bigint) = ?
            """;

    private ServerLock() {}

    /** Waits for the lock; the session keeps it until it ends. */
    static void take(Connection connection, String database, Consumer<String> progress) throws SQLException {
        long key = DatabaseServer.one(
                connection,
                "select hashtextextended(?, 0)",
                row -> row.getLong(1),
                DatabaseServer.APPLICATION + "/" + database);
        while (!DatabaseServer.one(connection, "select pg_try_advisory_lock(?)", row -> row.getBoolean(1), key)) {
            Optional<String> holder = DatabaseServer.first(
                    connection,
                    HOLDER,
                    row -> MESSAGES.text("lock.holder", row.getInt(1), row.getInt(3), row.getString(2)),
                    key);
            progress.accept(MESSAGES.text("lock.waiting", holder.orElse("")));
            Pause.of(LOOK);
        }
    }
}
