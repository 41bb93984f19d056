package nocobase.procedures.backup;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nocobase.procedures.backup.Sessions.Session;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.RestorePointSettings.Mode;
import nocobase.procedures.cluster.Texts;
import nocobase.procedures.language.Messages;

/** The part of the preconditions that the database server itself answers, of what the dry run cannot meet or names worse. */
final class DatabaseChecks {

    private static final Messages MESSAGES = Messages.of("backup");

    private static final int SHOWN = 8;

    private final Site site;
    private final DatabaseServer server;
    private final Mode mode;

    DatabaseChecks(Site site) {
        this.site = site;
        this.server = site.server();
        this.mode = site.settings().restorePoints().mode();
    }

    List<Check> check(Discovery discovery) throws SQLException {
        List<Check> checks = new ArrayList<>();
        server.outside(connection -> {
            checks.add(names(discovery));
            checks.add(rights(connection, discovery));
            checks.add(sessions(connection, discovery));
            checks.add(prepared(connection, discovery));
            checks.add(replication(connection, discovery));
            return null;
        });
        checks.add(shared(discovery));
        return checks;
    }

    /** Stands for the names in {@code CREATE DATABASE} and {@code RENAME TO}, which PostgreSQL cuts off without an error. */
    private static Check names(Discovery discovery) {
        String name = MESSAGES.text("check.names");
        List<String> tooLong = discovery.databases().stream()
                .filter(database -> !DatabaseNames.fits(database))
                .toList();
        return tooLong.isEmpty()
                ? Check.pass(name, MESSAGES.text("check.names.short"))
                : Check.fail(
                        name,
                        MESSAGES.text(
                                "check.names.long",
                                String.join(", ", tooLong),
                                DatabaseNames.room(),
                                DatabaseNames.LIMIT),
                        MESSAGES.text("check.names.remedy"));
    }

    /**
     * Stands for {@code CREATE DATABASE … OWNER} and {@code ALTER DATABASE … RENAME}, which the dry run executes: PostgreSQL asks for
     * these very rights, also where a copy is restored from a dump, and only here the statement that gives them is named.
     */
    private Check rights(Connection connection, Discovery discovery) throws SQLException {
        String name = MESSAGES.text("check.rights");
        String role = DatabaseServer.one(connection, "select current_user", row -> row.getString(1));
        boolean superuser = DatabaseServer.one(
                connection, "select rolsuper from pg_roles where rolname = current_user", row -> row.getBoolean(1));
        if (superuser) {
            return Check.pass(name, MESSAGES.text("check.rights.superuser", role));
        }
        List<String> missing = new ArrayList<>();
        if (!DatabaseServer.one(
                connection,
                "select rolcreatedb from pg_roles where rolname = current_user",
                row -> row.getBoolean(1))) {
            missing.add("ALTER ROLE " + Sql.name(role) + " CREATEDB;");
        }
        String acting = DatabaseServer.version(connection) >= 160000
                ? "pg_has_role(datdba, 'USAGE') and pg_has_role(datdba, 'SET')"
                : "pg_has_role(datdba, 'USAGE')";
        for (String database : discovery.databases()) {
            DatabaseServer.first(
                            connection,
                            "select pg_get_userbyid(datdba) from pg_database where datname = ? and not (" + acting
                                    + ")",
                            row -> row.getString(1),
                            database)
                    .ifPresent(owner -> missing.add("GRANT " + Sql.name(owner) + " TO " + Sql.name(role) + ";"));
        }
        if (missing.isEmpty()) {
            return Check.pass(name, MESSAGES.text("check.rights.enough", role));
        }
        return Check.fail(
                name,
                MESSAGES.text("check.rights.lacking", role),
                MESSAGES.text("check.rights.remedy", missing.stream().distinct().collect(Collectors.joining(" "))));
    }

    /** Stands for the cloning and renaming itself, which any session refuses: nodes have theirs still, so it cannot be rehearsed. */
    private Check sessions(Connection connection, Discovery discovery) throws SQLException {
        String name = MESSAGES.text("check.sessions");
        String role = server.settings().user();
        Set<String> addresses = site.nodeAddresses();
        List<Session> sessions = Sessions.connected(connection, discovery.databases());
        List<Session> foreign = sessions.stream()
                .filter(session -> !session.ofEngine() && !session.ofNode(role, addresses))
                .toList();
        if (foreign.isEmpty()) {
            return Check.pass(name, MESSAGES.text("check.sessions.nodes", sessions.size()));
        }
        return Check.fail(
                name,
                MESSAGES.text(
                        "check.sessions.foreign",
                        foreign.stream().limit(SHOWN).map(Session::shown).collect(Collectors.joining("; "))),
                remedies(foreign));
    }

    /** A worker of the server's own comes back at once when its session is ended. */
    private static String remedies(List<Session> foreign) {
        Stream<String> workers = foreign.stream()
                .filter(Session::ofWorker)
                .map(Session::backend)
                .distinct()
                .map(worker -> MESSAGES.text("session.worker.remedy", worker));
        String ends = foreign.stream()
                .filter(session -> !session.ofWorker())
                .limit(SHOWN)
                .map(session -> "SELECT pg_terminate_backend(" + session.pid() + ");")
                .collect(Collectors.joining(" "));
        return Stream.concat(
                        workers,
                        ends.isEmpty() ? Stream.empty() : Stream.of(MESSAGES.text("check.sessions.remedy", ends)))
                .collect(Collectors.joining(" "));
    }

    /** Stands for {@code CREATE DATABASE … TEMPLATE} and {@code RENAME}, which a prepared transaction refuses as a session does. */
    private static Check prepared(Connection connection, Discovery discovery) throws SQLException {
        String name = MESSAGES.text("check.prepared");
        List<String> prepared = Sessions.prepared(connection, discovery.databases());
        return prepared.isEmpty()
                ? Check.pass(name, MESSAGES.text("check.prepared.none"))
                : Check.fail(
                        name,
                        MESSAGES.text("check.prepared.found", String.join("; ", prepared)),
                        MESSAGES.text("check.prepared.remedy"));
    }

    /** Slots and subscriptions belong to a database by number: after a swap they stay with the replaced one. */
    private static Check replication(Connection connection, Discovery discovery) throws SQLException {
        String name = MESSAGES.text("check.replication");
        List<String> bound = DatabaseServer.list(
                connection,
                "select 'slot ' || slot_name from pg_replication_slots where database = any (?)",
                row -> row.getString(1),
                connection.createArrayOf("text", discovery.databases().toArray()));
        return bound.isEmpty()
                ? Check.pass(name, MESSAGES.text("check.replication.none"))
                : Check.warn(
                        name,
                        MESSAGES.text("check.replication.bound", String.join(", ", bound)),
                        MESSAGES.text("check.replication.remedy"));
    }

    /** Stands for the restore, which takes everything in the database back, whoever it belongs to: no statement would refuse that. */
    private Check shared(Discovery discovery) throws SQLException {
        String name = MESSAGES.text("check.shared");
        SharedDatabase found = SharedDatabase.look(server, discovery);
        if (!found.foreign().isEmpty()) {
            return Check.fail(
                    name,
                    MESSAGES.text("check.shared.foreign", shown(found.foreign())),
                    MESSAGES.text("check.shared.foreign.remedy"));
        }
        if (!found.unknown().isEmpty()) {
            return Check.warn(
                    name,
                    MESSAGES.text("check.shared.unknown", shown(found.unknown())),
                    MESSAGES.text("check.shared.unknown.remedy"));
        }
        return Check.pass(
                name,
                mode == Mode.DUMP_FIRST ? MESSAGES.text("check.shared.dumpFirst") : MESSAGES.text("check.shared.none"));
    }

    private static String shown(List<String> tables) {
        return tables.stream().limit(SHOWN).map(Texts::shown).collect(Collectors.joining(", "))
                + (tables.size() > SHOWN ? MESSAGES.text("more", (tables.size() - SHOWN)) : "");
    }
}
