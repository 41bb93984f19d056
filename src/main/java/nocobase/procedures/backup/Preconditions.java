package nocobase.procedures.backup;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.ClusterSettings;
import nocobase.procedures.cluster.DatabaseSettings;
import nocobase.procedures.cluster.Texts;

/** Whether a restore point can be taken and restored. */
final class Preconditions {

    private static final int OLDEST = 120000;

    private final ClusterSettings settings;
    private final DatabaseServer server;
    private final RoomChecks room;
    private final DatabaseChecks databases;

    Preconditions(Site site) {
        this.settings = site.settings();
        this.server = site.server();
        this.room = new RoomChecks(site);
        this.databases = new DatabaseChecks(server, settings.restorePoints().mode());
    }

    List<Check> check() {
        List<Check> checks = new ArrayList<>();
        Optional<Integer> version = reachable(checks);
        if (version.isEmpty()) {
            return checks;
        }
        Optional<Discovery> discovery = covered(checks);
        if (discovery.isEmpty()) {
            return checks;
        }
        try {
            checks.addAll(databases.check(discovery.get()));
            checks.addAll(room.check(discovery.get(), version.get()));
        } catch (SQLException e) {
            checks.add(Check.fail(
                    "Database inspected",
                    "PostgreSQL refused to tell: " + Texts.shown(e.getMessage()),
                    "Give the role " + server.role() + " the right that is missing, then check again."));
        }
        return checks;
    }

    private Optional<Integer> reachable(List<Check> checks) {
        DatabaseSettings database = settings.database();
        String name = "Database reachable";
        try {
            int version = server.outside(DatabaseServer::version);
            server.connectAsApplication(database.name());
            if (version < OLDEST) {
                checks.add(Check.fail(
                        name, "PostgreSQL " + version / 10000 + " is too old", "PostgreSQL 12 or newer is supported."));
                return Optional.empty();
            }
            checks.add(
                    Check.pass(name, "PostgreSQL " + version / 10000 + "." + version % 10000 + " at " + at(database)));
            return Optional.of(version);
        } catch (SQLException e) {
            checks.add(unreachable(name, database, e));
            return Optional.empty();
        }
    }

    private Check unreachable(String name, DatabaseSettings database, SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        if (state.startsWith("08")) {
            Optional<String> foreign = ForeignServer.greeting(database.host(), database.port());
            if (foreign.isPresent()) {
                return Check.fail(
                        name,
                        "The server at " + at(database) + " is not PostgreSQL: it greets as MySQL or MariaDB ("
                                + foreign.get() + ")",
                        "Clusters on MySQL and MariaDB are not supported yet.");
            }
        }
        String remedy = switch (state) {
            case "28P01", "28000" ->
                "Correct user and password below procedures.clusters.<name>.database (" + Texts.shown(server.role())
                        + " and " + Texts.shown(database.user()) + "), or the server's pg_hba.conf.";
            case "3D000" -> "Correct database.name, or create the database.";
            default -> "Start the database server, or correct database.host and database.port.";
        };
        return Check.fail(name, "No connection to " + at(database) + ": " + Texts.shown(e.getMessage()), remedy);
    }

    private Optional<Discovery> covered(List<Check> checks) {
        String name = "All databases covered";
        try {
            Discovery discovery = Discovery.of(server);
            for (String database : discovery.databases()) {
                server.in(database, connection -> null);
            }
            checks.add(Check.pass(
                    name,
                    String.join(", ", discovery.databases()) + "; " + discovery.subApplications()
                            + " sub-application(s)"));
            return Optional.of(discovery);
        } catch (CannotProceedException e) {
            checks.add(Check.fail(name, e.failure().what(), e.failure().remedy()));
        } catch (SQLException e) {
            checks.add(Check.fail(
                    name,
                    "A database of NocoBase's cannot be read: " + Texts.shown(e.getMessage()),
                    "GRANT CONNECT on it to " + server.role() + ", or correct the database settings."));
        }
        return Optional.empty();
    }

    private static String at(DatabaseSettings database) {
        return database.host() + ":" + database.port();
    }
}
