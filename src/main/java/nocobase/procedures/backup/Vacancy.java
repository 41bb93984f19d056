package nocobase.procedures.backup;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import nocobase.procedures.backup.Sessions.Session;
import nocobase.procedures.language.Messages;

/** Brings about that nobody is connected to the databases that are to be cloned or renamed. */
final class Vacancy {

    private static final Messages MESSAGES = Messages.of("backup");

    /** Nodes were stopped a moment ago: the server notices closed sockets at once, and broken ones not by itself. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Duration LOOK = Duration.ofMillis(100);

    private final Site site;

    Vacancy(Site site) {
        this.site = site;
    }

    /**
     * Returns when nobody is connected. Waits for sessions of our own and of stopped nodes, then ends them.
     *
     * @throws nocobase.procedures.cluster.CannotProceedException naming each foreign session or prepared transaction
     */
    void ensure(Connection connection, List<String> databases, Consumer<String> progress) throws SQLException {
        List<String> prepared = Sessions.prepared(connection, databases);
        if (!prepared.isEmpty()) {
            throw Sessions.unfinished(prepared);
        }
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        boolean ended = false;
        Set<String> addresses = null;
        while (true) {
            List<Session> sessions = Sessions.connected(connection, databases);
            if (sessions.isEmpty()) {
                return;
            }
            if (addresses == null) {
                addresses = site.nodeAddresses();
            }
            List<Session> foreign = foreign(sessions, addresses);
            boolean late = System.nanoTime() > deadline;
            if (!foreign.isEmpty() && late || ended && late) {
                throw Sessions.foreign(foreign.isEmpty() ? sessions : foreign);
            }
            if (late) {
                for (Session session : sessions) {
                    Sessions.terminate(
                            connection, session, "no node runs, and it keeps the database from being copied");
                }
                ended = true;
                deadline = System.nanoTime() + PATIENCE.toNanos();
            }
            progress.accept(MESSAGES.text("vacancy.waiting", sessions.size()));
            Pause.of(LOOK);
        }
    }

    private List<Session> foreign(List<Session> sessions, Set<String> nodeAddresses) {
        String role = site.server().settings().user();
        return sessions.stream()
                .filter(session -> !session.ofEngine() && !session.ofNode(role, nodeAddresses))
                .toList();
    }
}
