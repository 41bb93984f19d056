package nocobase.procedures.backup;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import nocobase.procedures.cluster.RestorePointSettings.Mode;

/**
 * The very statements that clone and rename NocoBase's databases, executed while a session of ours is in them: the server goes
 * through all that it may refuse, and comes to the sessions last. It waits for those to end, and is told not to. Whoever connects
 * in that moment waits as long.
 */
final class HarmlessStatements {

    private static final int LONGEST_MS = 100;

    /** Somebody connects or disconnects just then. */
    private static final int ATTEMPTS = 40;

    private static final String LOCKED = "55P03";

    /** Told not to wait; sessions are in the database. */
    private static final Set<String> ONLY_SESSIONS = Set.of("57014", "55006");

    private final Site site;
    private final Connection connection;

    HarmlessStatements(Site site, Connection connection) {
        this.site = site;
        this.connection = connection;
    }

    void cloning(CoveredDatabase database, int version) throws SQLException {
        if (site.settings().restorePoints().mode() == Mode.DUMP_FIRST) {
            return;
        }
        String clone = DatabaseNames.trial(database.name(), Restoral.digest(site.cluster() + "/clone"));
        refusedForSessions(database.name(), () -> {
            execute(TraitsSql.createClone(clone, database.name(), database.traits(), version));
            execute(TraitsSql.dropFreshly(clone, version));
        });
    }

    /** In a transaction that never ends well: whatever happens, also to us, the database keeps its name. */
    void renaming(String database) throws SQLException {
        String aside = DatabaseNames.failed(database, Restoral.digest(site.cluster() + "/rename"));
        refusedForSessions(database, () -> {
            connection.setAutoCommit(false);
            try {
                execute(TraitsSql.rename(database, aside));
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        });
    }

    private void refusedForSessions(String database, Statements statements) throws SQLException {
        site.server().in(database, held -> {
            execute("SET lock_timeout = " + LONGEST_MS / 2);
            execute("SET statement_timeout = " + LONGEST_MS);
            try {
                attempt(statements);
            } finally {
                execute("RESET lock_timeout");
                execute("RESET statement_timeout");
            }
            return null;
        });
    }

    private static void attempt(Statements statements) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                statements.run();
                return;
            } catch (SQLException e) {
                if (ONLY_SESSIONS.contains(e.getSQLState())) {
                    return;
                }
                if (attempt == ATTEMPTS || !LOCKED.equals(e.getSQLState())) {
                    throw e;
                }
            }
        }
    }

    /** Work that the server may refuse. */
    private interface Statements {
        void run() throws SQLException;
    }

    private void execute(String sql) throws SQLException {
        DatabaseServer.execute(connection, sql);
    }
}
