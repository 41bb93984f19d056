package nocobase.procedures.backup;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;

/**
 * Whether a pooler gives a session to somebody else between two of its transactions. Our lock, which lasts as long as a session
 * of the server, would be anybody's then, and what a session was told (timeouts, roles) would be lost.
 */
final class Pooler {

    private static final int LOOKS = 4;

    private Pooler() {}

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
