package nocobase.procedures.backup;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.DatabaseSettings;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.SubApplication;
import nocobase.procedures.cluster.Texts;
import nocobase.procedures.language.Messages;

/**
 * Which databases NocoBase's data is in: the main one and those of the sub-applications.
 *
 * @param version what NocoBase recorded, or null
 * @param databases all of them on this server, the main one first
 * @param schemas those of the main database that the main application and sub-applications use
 * @param subApplications how many sub-applications there are
 * @param plugins packages of the enabled plugins
 */
record Discovery(
        String version, List<String> databases, Set<String> schemas, int subApplications, List<String> plugins) {

    private static final Messages MESSAGES = Messages.of("backup");

    private static final String APPLICATIONS = "applications";

    static Discovery of(DatabaseServer server) throws SQLException {
        DatabaseSettings settings = server.settings();
        Set<String> databases = new LinkedHashSet<>(List.of(settings.name()));
        Found found = server.in(settings.name(), connection -> read(connection, NocoBaseTables.of(settings)));
        Set<String> schemas = new LinkedHashSet<>(List.of(settings.schema()));
        for (SubApplication application : found.applications) {
            server.outside(connection -> locate(connection, application, settings, found.schemas))
                    .ifPresentOrElse(databases::add, () -> schemas.add(application.schemaOrName()));
        }
        return new Discovery(found.version, List.copyOf(databases), schemas, found.applications.size(), found.plugins);
    }

    /** Bytes of all of them. */
    long size(DatabaseServer server) throws SQLException {
        return server.outside(connection -> {
            long sum = 0;
            for (String database : databases) {
                sum += DatabaseServer.one(
                        connection, "select pg_database_size(?::name)", row -> row.getLong(1), database);
            }
            return sum;
        });
    }

    private record Found(
            String version, List<SubApplication> applications, Set<String> schemas, List<String> plugins) {}

    private static Found read(Connection connection, NocoBaseTables tables) throws SQLException {
        String version = null;
        if (exists(connection, tables.qualified("applicationVersion"))) {
            version = DatabaseServer.first(
                            connection,
                            "select value from " + tables.qualified("applicationVersion"),
                            row -> row.getString(1))
                    .orElse(null);
        }
        List<SubApplication> applications = new ArrayList<>();
        if (exists(connection, tables.qualified(APPLICATIONS))) {
            applications = DatabaseServer.list(
                    connection,
                    "select name, options::text from " + tables.qualified(APPLICATIONS) + " order by name",
                    row -> SubApplication.of(row.getString(1), row.getString(2)));
        }
        Set<String> schemas = new LinkedHashSet<>(
                DatabaseServer.list(connection, "select nspname from pg_namespace", row -> row.getString(1)));
        return new Found(
                version,
                applications,
                schemas,
                plugins(connection, tables, " where (to_jsonb(p) ->> 'enabled')::boolean"));
    }

    /** Packages of all plugins that the database knows, enabled or not. */
    static List<String> knownPlugins(DatabaseServer server) throws SQLException {
        NocoBaseTables tables = NocoBaseTables.of(server.settings());
        return server.in(server.settings().name(), connection -> plugins(connection, tables, ""));
    }

    /** As JSON, because the column is called otherwise with {@code DB_UNDERSCORED}. */
    private static List<String> plugins(Connection connection, NocoBaseTables tables, String which)
            throws SQLException {
        if (!exists(connection, tables.qualified("applicationPlugins"))) {
            return List.of();
        }
        return DatabaseServer.list(
                connection,
                "select coalesce(to_jsonb(p) ->> 'packageName', to_jsonb(p) ->> 'package_name', to_jsonb(p) ->> 'name')"
                        + " from " + tables.qualified("applicationPlugins") + " p" + which + " order by 1",
                row -> row.getString(1));
    }

    private static boolean exists(Connection connection, String table) throws SQLException {
        return DatabaseServer.one(connection, "select to_regclass(?) is not null", row -> row.getBoolean(1), table);
    }

    /** The database of a sub-application, or empty if its tables are in a schema of the main database. */
    private static Optional<String> locate(
            Connection connection, SubApplication application, DatabaseSettings settings, Set<String> schemas)
            throws SQLException {
        if (application.elsewhere(settings)) {
            throw new CannotProceedException(Failure.of(
                    MESSAGES.text(
                            "subApplication.elsewhere",
                            Texts.shown(application.name()),
                            Texts.shown(application.host())),
                    MESSAGES.text("subApplication.elsewhere.remedy")));
        }
        if (application.inSchema(settings)) {
            return Optional.empty();
        }
        if (DatabaseServer.exists(connection, application.database())) {
            return Optional.of(application.database());
        }
        if (schemas.contains(application.schemaOrName())) {
            return Optional.empty(); // USE_DB_SCHEMA_IN_SUBAPP: the nodes know, the row does not
        }
        throw new CannotProceedException(Failure.of(
                MESSAGES.text(
                        "subApplication.absent", Texts.shown(application.name()), Texts.shown(application.database())),
                MESSAGES.text("subApplication.absent.remedy")));
    }
}
