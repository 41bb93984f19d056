package nocobase.procedures.backup;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import nocobase.procedures.backup.DatabaseTraits.Setting;
import nocobase.procedures.backup.Sessions.Session;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.RestorePointSettings.Mode;
import nocobase.procedures.cluster.Texts;

/** The part of the preconditions that the database server itself answers. */
final class DatabaseChecks {

    private static final int SHOWN = 8;

    private final DatabaseServer server;
    private final Mode mode;

    DatabaseChecks(DatabaseServer server, Mode mode) {
        this.server = server;
        this.mode = mode;
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

    private static Check names(Discovery discovery) {
        String name = "Database names";
        List<String> tooLong = discovery.databases().stream()
                .filter(database -> !DatabaseNames.fits(database))
                .toList();
        return tooLong.isEmpty()
                ? Check.pass(name, "short enough for the names of clones")
                : Check.fail(
                        name,
                        String.join(", ", tooLong) + " is longer than " + DatabaseNames.room()
                                + " bytes, so that the names of its clones would exceed PostgreSQL's "
                                + DatabaseNames.LIMIT,
                        "Rename the database, and DB_DATABASE of the nodes with it.");
    }

    /** Needed also for restoring from a dump: a new database is created, and two are renamed. */
    private Check rights(Connection connection, Discovery discovery) throws SQLException {
        String name = "Rights in the database server";
        String role = DatabaseServer.one(connection, "select current_user", row -> row.getString(1));
        boolean superuser = DatabaseServer.one(
                connection, "select rolsuper from pg_roles where rolname = current_user", row -> row.getBoolean(1));
        if (superuser) {
            return Check.pass(name, role + " is a superuser");
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
            missing.addAll(settingsBeyond(connection, database, role));
        }
        if (missing.isEmpty()) {
            return Check.pass(name, role + " may create databases and acts for their owners");
        }
        return Check.fail(
                name,
                role + " lacks rights for cloning and restoring the databases",
                "As a superuser: " + missing.stream().distinct().collect(Collectors.joining(" "))
                        + " Or configure database.admin-user and database.admin-password with a role that may.");
    }

    /** Settings that only a superuser can give to the clone as well. */
    private static List<String> settingsBeyond(Connection connection, String database, String role)
            throws SQLException {
        Set<String> restricted = new HashSet<>(DatabaseServer.list(
                connection,
                "select name from pg_settings where context in ('superuser', 'superuser-backend')",
                row -> row.getString(1)));
        List<String> beyond = new ArrayList<>();
        for (Setting setting : TraitsReader.read(connection, database).settings()) {
            if (restricted.contains(setting.name())
                    || setting.role() != null && !setting.role().equals(role)) {
                beyond.add("-- the setting " + setting.name() + (setting.role() == null ? "" : " of " + setting.role())
                        + " in " + database + " can be given to a clone by a superuser only;");
            }
        }
        return beyond;
    }

    private Check sessions(Connection connection, Discovery discovery) throws SQLException {
        String name = "Database sessions";
        String role = server.settings().user();
        List<Session> sessions = Sessions.connected(connection, discovery.databases());
        List<Session> foreign = sessions.stream()
                .filter(session -> !session.ofEngine() && !session.ofNode(role))
                .toList();
        if (foreign.isEmpty()) {
            return Check.pass(name, sessions.size() + " session(s), all of the nodes");
        }
        return Check.fail(
                name,
                "Somebody else is connected, which keeps the database from being cloned: "
                        + foreign.stream().limit(SHOWN).map(Session::shown).collect(Collectors.joining("; ")),
                "Ask them to disconnect, or end the sessions: "
                        + foreign.stream()
                                .limit(SHOWN)
                                .map(session -> "SELECT pg_terminate_backend(" + session.pid() + ");")
                                .collect(Collectors.joining(" ")));
    }

    private static Check prepared(Connection connection, Discovery discovery) throws SQLException {
        String name = "Prepared transactions";
        List<String> prepared = Sessions.prepared(connection, discovery.databases());
        return prepared.isEmpty()
                ? Check.pass(name, "none")
                : Check.fail(
                        name,
                        "They keep the database from being cloned: " + String.join("; ", prepared),
                        "Find out which program prepared them, then COMMIT PREPARED or ROLLBACK PREPARED each in its"
                                + " database.");
    }

    /** Slots and subscriptions belong to a database by number: after a swap they stay with the replaced one. */
    private static Check replication(Connection connection, Discovery discovery) throws SQLException {
        String name = "Logical replication";
        List<String> bound = DatabaseServer.list(
                connection,
                "select 'slot ' || slot_name from pg_replication_slots where database = any (?)",
                row -> row.getString(1),
                connection.createArrayOf("text", discovery.databases().toArray()));
        return bound.isEmpty()
                ? Check.pass(name, "no slot on these databases")
                : Check.warn(
                        name,
                        String.join(", ", bound) + ": after a rollback it stays with the replaced database",
                        "Expect to set up the replication anew after a rollback.");
    }

    private Check shared(Discovery discovery) throws SQLException {
        String name = "Database not shared";
        SharedDatabase found = SharedDatabase.look(server, discovery);
        if (!found.foreign().isEmpty()) {
            return Check.fail(
                    name,
                    "Tables of something else are in NocoBase's database, and a rollback would set them back too: "
                            + shown(found.foreign()),
                    "Move them into a database of their own.");
        }
        if (!found.unknown().isEmpty()) {
            return Check.warn(
                    name,
                    "Tables in other schemas, which a rollback would set back too: " + shown(found.unknown()),
                    "Make sure that they belong to NocoBase, or move them into a database of their own.");
        }
        return Check.pass(
                name, mode == Mode.DUMP_FIRST ? "only NocoBase's tables (dump first)" : "only NocoBase's tables");
    }

    private static String shown(List<String> tables) {
        return tables.stream().limit(SHOWN).map(Texts::shown).collect(Collectors.joining(", "))
                + (tables.size() > SHOWN ? " and " + (tables.size() - SHOWN) + " more" : "");
    }
}
