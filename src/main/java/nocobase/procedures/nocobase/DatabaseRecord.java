package nocobase.procedures.nocobase;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nocobase.procedures.cluster.DatabaseSettings;
import nocobase.procedures.cluster.Plugin;
import nocobase.procedures.cluster.SubApplication;
import nocobase.procedures.cluster.TableNames;
import nocobase.procedures.language.Messages;
import org.postgresql.PGProperty;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * What NocoBase wrote about itself in its database. Each look opens and closes one connection: a pooled one would be a
 * foreign session that keeps the database from being cloned or renamed.
 */
final class DatabaseRecord {

    private static final Messages MESSAGES = Messages.of("nocobase");

    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration ANSWER = Duration.ofSeconds(4);

    private static final String TABLES = """
            select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
             where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
               and not exists (select 1 from pg_depend d
                                where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
             order by 1, 2
            """;

    private final DatabaseSettings settings;
    private final TableNames names;

    DatabaseRecord(DatabaseSettings settings) {
        this.settings = settings;
        this.names = TableNames.of(settings);
    }

    /** For people, at the beginning of a sentence. */
    String where() {
        return MESSAGES.text("database.where", settings.name(), settings.host(), settings.port());
    }

    /**
     * @param version as written, or empty: before the first installation, and for a moment in each upgrade
     * @param subApplications none where the plugin for several applications is not installed
     */
    record Snapshot(Optional<String> version, List<Plugin> plugins, List<SubApplication> subApplications) {}

    Snapshot read() throws SQLException {
        try (Connection connection = connect()) {
            return new Snapshot(version(connection), plugins(connection), subApplications(connection));
        }
    }

    Optional<String> version() throws SQLException {
        try (Connection connection = connect()) {
            return version(connection);
        }
    }

    List<Plugin> plugins() throws SQLException {
        try (Connection connection = connect()) {
            return plugins(connection);
        }
    }

    List<SubApplication> subApplications() throws SQLException {
        try (Connection connection = connect()) {
            return subApplications(connection);
        }
    }

    /** All tables but those of extensions, as {@code schema.table}. */
    List<String> tables() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(TABLES)) {
            List<String> tables = new ArrayList<>();
            while (found.next()) {
                tables.add(found.getString(1) + "." + found.getString(2));
            }
            return tables;
        }
    }

    /** NocoBase's own name for that table, as {@link #tables} shows it. */
    String tableName(String collection) {
        return settings.schema() + "." + names.table(collection);
    }

    private Optional<String> version(Connection connection) throws SQLException {
        return rows(connection, column("value"), table("applicationVersion"), "", row -> row.getString(1)).stream()
                .filter(value -> value != null && !value.isBlank())
                .findFirst();
    }

    private List<Plugin> plugins(Connection connection) throws SQLException {
        String columns = Stream.of("name", "packageName", "version", "enabled", "installed", "builtIn")
                .map(this::column)
                .collect(Collectors.joining(", "));
        return rows(
                connection,
                columns,
                table("applicationPlugins"),
                " order by 1",
                row -> new Plugin(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getBoolean(4),
                        row.getBoolean(5),
                        row.getBoolean(6)));
    }

    private List<SubApplication> subApplications(Connection connection) throws SQLException {
        return rows(
                connection,
                column("name") + ", " + column("options"),
                table("applications"),
                " order by 1",
                row -> SubApplication.of(row.getString(1), row.getString(2)));
    }

    /**
     * The rows of a table, or none if there is no such table: asked beforehand, because a failed statement is an error line in
     * the server's log, twice a second.
     */
    private static <T> List<T> rows(
            Connection connection, String columns, String table, String rest, RowReader<T> reader) throws SQLException {
        if (!exists(connection, table)) {
            return List.of();
        }
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("select " + columns + " from " + table + rest)) {
            List<T> rows = new ArrayList<>();
            while (found.next()) {
                rows.add(reader.read(found));
            }
            return rows;
        }
    }

    private static boolean exists(Connection connection, String table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("select to_regclass(?) is not null")) {
            statement.setString(1, table);
            try (ResultSet found = statement.executeQuery()) {
                found.next();
                return found.getBoolean(1);
            }
        }
    }

    private interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    String table(String collection) {
        return quoted(settings.schema()) + "." + quoted(names.table(collection));
    }

    String column(String field) {
        return quoted(names.column(field));
    }

    private static String quoted(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    private Connection connect() throws SQLException {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setServerNames(new String[] {settings.host()});
        source.setPortNumbers(new int[] {settings.port()});
        source.setDatabaseName(settings.name());
        source.setUser(settings.user());
        source.setPassword(settings.password());
        source.setApplicationName("nocobase-procedures");
        source.setReadOnly(true);
        source.setLoginTimeout((int) CONNECT.toSeconds());
        source.setConnectTimeout((int) CONNECT.toSeconds());
        source.setSocketTimeout((int) ANSWER.toSeconds());
        source.setOptions("-c statement_timeout=" + ANSWER.toMillis());
        source.setProperty(PGProperty.CANCEL_SIGNAL_TIMEOUT, "1");
        for (Map.Entry<String, String> property : settings.tls().entrySet()) {
            source.setProperty(property.getKey(), property.getValue());
        }
        return source.getConnection();
    }
}
