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
        refusedForSessions(
                database.name(),
                TraitsSql.createClone(clone, database.name(), database.traits(), version),
                TraitsSql.dropFreshly(clone, version));
    }

    void renaming(String database) throws SQLException {
        String aside = DatabaseNames.failed(database, Restoral.digest(site.cluster() + "/rename"));
        refusedForSessions(database, TraitsSql.rename(database, aside), TraitsSql.rename(aside, database));
    }

    /** @param back should the server do it against expectation */
    private void refusedForSessions(String database, String sql, String back) throws SQLException {
        site.server().in(database, held -> {
            execute("SET lock_timeout = " + LONGEST_MS / 2);
            execute("SET statement_timeout = " + LONGEST_MS);
            try {
                attempt(sql, back);
            } finally {
                execute("RESET lock_timeout");
                execute("RESET statement_timeout");
            }
            return null;
        });
    }

    private void attempt(String sql, String back) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                execute(sql);
                execute(back);
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

    private void execute(String sql) throws SQLException {
        DatabaseServer.execute(connection, sql);
    }
}
