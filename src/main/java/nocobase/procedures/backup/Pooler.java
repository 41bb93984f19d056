package nocobase.procedures.backup;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether a pooler gives a session to somebody else between two of its transactions. Our lock, which lasts as long as a session
 * of the server, would be anybody's then, and what a session was told (timeouts, roles) would be lost.
 */
final class Pooler {

    private static final int LOOKS = 4;

    /**
     * What PgBouncer says to a transaction where each statement may go to another session, and where it was told of NocoBase's
     * database alone. PostgreSQL has other words for a database that it does not have.
     */
    private static final List<String> REFUSALS = List.of("in statement pooling mode", "no such database: ");

    private Pooler() {}

    /** Whether a pooler, and not PostgreSQL, refused. */
    static boolean refuses(SQLException refusal) {
        String said = String.valueOf(refusal.getMessage());
        return REFUSALS.stream().anyMatch(said::contains);
    }

    static boolean sharesSessions(DatabaseServer server) throws SQLException {
        return server.outside(first -> server.outside(second -> sharesSessions(first, second)));
    }

    private static boolean sharesSessions(Connection first, Connection second) throws SQLException {
        Set<Integer> processes = new HashSet<>();
        for (int look = 0; look < LOOKS; look++) {
            processes.add(process(first));
            second.setAutoCommit(false);
            boolean same = processes.contains(process(second));
            second.rollback();
            second.setAutoCommit(true);
            if (same || processes.size() > 1) {
                return true;
            }
        }
        return false;
    }

    private static int process(Connection connection) throws SQLException {
        return DatabaseServer.one(connection, "select pg_backend_pid()", row -> row.getInt(1));
    }
}
