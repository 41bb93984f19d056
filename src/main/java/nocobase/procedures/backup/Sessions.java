package nocobase.procedures.backup;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.Texts;
import nocobase.procedures.language.Messages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is connected to NocoBase's databases. Neither cloning nor renaming is possible while anybody is, and somebody else's
 * session is never ended by us.
 */
final class Sessions {

    private static final Messages MESSAGES = Messages.of("backup");

    private static final Logger log = LoggerFactory.getLogger(Sessions.class);

    // Autovacuum (without a user) gives way by itself; parallel workers end with their leader. Where the reader is not
    // privileged (pg_monitor), address and kind of other roles' sessions are hidden.
    private static final String CONNECTED = """
            select pid, coalesce(usename, '') as usename, coalesce(application_name, '') as application,
                   coalesce(host(client_addr), case when backend_type is null then 'an address that our role may not see' else 'a local socket' end) as client, datname,
                   coalesce(backend_type, '') as backend
              from pg_stat_activity
             where datname = any (?) and pid <> pg_backend_pid() and usesysid is not null
               and coalesce(backend_type, '') not in ('autovacuum worker', 'parallel worker')
             order by pid
            """;

    private static final String PREPARED =
            "select gid, owner, database, prepared from pg_prepared_xacts where database = any (?) order by prepared";

    private Sessions() {}

    /** One session. */
    record Session(int pid, String user, String application, String client, String database, String backend) {

        /** One of ours: it ends by itself within moments. */
        boolean ofEngine() {
            return application.startsWith(DatabaseServer.APPLICATION);
        }

        /** The server's own, begun anew whenever it ends: pg_cron, TimescaleDB, logical replication. */
        boolean ofWorker() {
            return !backend.isEmpty() && !backend.equals("client backend") && !backend.equals("walsender");
        }

        /**
         * Of a node, or left by one: NocoBase's role, and a node's own address, whatever the name; or no name. NocoBase
         * gives none (its driver sends none by itself), while psql, pgAdmin, DBeaver, pg_dump and JDBC programs all do.
         */
        boolean ofNode(String applicationRole, Set<String> nodeAddresses) {
            return user.equals(applicationRole) && (application.isEmpty() || nodeAddresses.contains(client));
        }

        String shown() {
            return MESSAGES.text(
                    "session.shown",
                    pid,
                    Texts.shown(user),
                    (application.isEmpty() ? MESSAGES.text("session.unnamed") : "\"" + Texts.shown(application) + "\""),
                    client,
                    (backend.isEmpty() || backend.equals("client backend") ? "" : ", " + backend),
                    Texts.shown(database));
        }
    }

    static List<Session> connected(Connection connection, List<String> databases) throws SQLException {
        return DatabaseServer.list(
                connection,
                CONNECTED,
                row -> new Session(
                        row.getInt("pid"),
                        row.getString("usename"),
                        row.getString("application"),
                        row.getString("client"),
                        row.getString("datname"),
                        row.getString("backend")),
                connection.createArrayOf("text", databases.toArray()));
    }

    /** Transactions that were prepared and never finished, in words. */
    static List<String> prepared(Connection connection, List<String> databases) throws SQLException {
        return DatabaseServer.list(
                connection,
                PREPARED,
                row -> MESSAGES.text(
                        "session.preparedOne",
                        Texts.shown(row.getString("gid")),
                        row.getString("owner"),
                        Texts.shown(row.getString("database")),
                        row.getString("prepared")),
                connection.createArrayOf("text", databases.toArray()));
    }

    static void terminate(Connection connection, Session session, String why) throws SQLException {
        log.info("Ending database session of {}: {}", session.shown(), why);
        DatabaseServer.one(connection, "select pg_terminate_backend(?)", row -> row.getBoolean(1), session.pid());
    }

    static CannotProceedException foreign(List<Session> sessions) {
        return new CannotProceedException(Failure.of(
                MESSAGES.text(
                        "session.foreign", sessions.stream().map(Session::shown).collect(Collectors.joining("; "))),
                sessions.stream()
                        .filter(Session::ofWorker)
                        .findFirst()
                        .map(worker -> MESSAGES.text("session.worker.remedy", worker.backend()))
                        .orElseGet(() -> MESSAGES.text(
                                "session.foreign.remedy", sessions.get(0).pid()))));
    }

    static CannotProceedException unfinished(List<String> prepared) {
        return new CannotProceedException(Failure.of(
                MESSAGES.text("session.prepared", String.join("; ", prepared)),
                MESSAGES.text("session.prepared.remedy")));
    }
}
