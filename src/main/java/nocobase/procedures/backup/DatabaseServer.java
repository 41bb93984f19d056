package nocobase.procedures.backup;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import nocobase.procedures.cluster.DatabaseSettings;

/**
 * NocoBase's PostgreSQL as an administrator sees it. Every connection is short-lived: one that stayed open in a database
 * would itself keep it from being cloned.
 */
final class DatabaseServer {

    /** How our sessions are known in {@code pg_stat_activity}; every part of the engine uses this beginning. */
    static final String APPLICATION = "nocobase-procedures";

    private static final String USUAL = "postgres";

    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(30);

    private final DatabaseSettings settings;

    DatabaseServer(DatabaseSettings settings) {
        this.settings = settings;
    }

    /** Work in a session. */
    interface Work<T> {
        T in(Connection connection) throws SQLException;
    }

    /** Reads a row. */
    interface Row<T> {
        T of(ResultSet row) throws SQLException;
    }

    DatabaseSettings settings() {
        return settings;
    }

    /** The role that administers: the configured one, or NocoBase's own. */
    String role() {
        return hasAdmin() ? settings.adminUser() : settings.user();
    }

    String password() {
        return hasAdmin() ? settings.adminPassword() : settings.password();
    }

    boolean hasAdmin() {
        return settings.adminUser() != null && !settings.adminUser().isBlank();
    }

    /**
     * The database that we work from: never one that is cloned and renamed. Managed servers give NocoBase the one called
     * {@code postgres}.
     */
    String administration() {
        if (settings.adminDatabase() != null && !settings.adminDatabase().isBlank()) {
            return settings.adminDatabase();
        }
        return settings.name().equals(USUAL) ? "template1" : USUAL;
    }

    /** A session beside NocoBase's databases, in which these can be cloned and renamed. Always the same database, for our
     * lock is valid within one database only. */
    <T> T outside(Work<T> work) throws SQLException {
        return in(administration(), ANSWER, work);
    }

    /** The same without a limit for an answer: cloning takes as long as the disk needs. */
    <T> T outsideForLong(Work<T> work) throws SQLException {
        return in(administration(), Duration.ZERO, work);
    }

    <T> T in(String database, Work<T> work) throws SQLException {
        return in(database, ANSWER, work);
    }

    /** Connects as NocoBase's own role does, to learn whether it can. */
    void connectAsApplication(String database) throws SQLException {
        open(database, settings.user(), settings.password(), ANSWER).close();
    }

    private <T> T in(String database, Duration answer, Work<T> work) throws SQLException {
        try (Connection connection = open(database, role(), password(), answer)) {
            return work.in(connection);
        }
    }

    private Connection open(String database, String user, String password, Duration answer) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password == null ? "" : password);
        properties.setProperty("ApplicationName", APPLICATION);
        properties.setProperty("connectTimeout", String.valueOf(CONNECT.toSeconds()));
        properties.setProperty("loginTimeout", String.valueOf(CONNECT.toSeconds() * 2));
        properties.setProperty("socketTimeout", String.valueOf(answer.toSeconds()));
        properties.setProperty("tcpKeepAlive", "true");
        settings.tls().forEach(properties::setProperty);
        return DriverManager.getConnection(url(database), properties);
    }

    private String url(String database) {
        String host = settings.host().contains(":") ? "[" + settings.host() + "]" : settings.host();
        return "jdbc:postgresql://" + host + ":" + settings.port() + "/"
                + java.net.URLEncoder.encode(database, java.nio.charset.StandardCharsets.UTF_8);
    }

    static int version(Connection connection) throws SQLException {
        return Integer.parseInt(one(connection, "show server_version_num", row -> row.getString(1)));
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** All statements or none. */
    static void executeTogether(Connection connection, List<String> statements) throws SQLException {
        if (statements.isEmpty()) {
            return;
        }
        connection.setAutoCommit(false);
        try {
            for (String sql : statements) {
                execute(connection, sql);
            }
            connection.commit();
        } catch (SQLException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    static <T> T one(Connection connection, String sql, Row<T> row, Object... parameters) throws SQLException {
        return first(connection, sql, row, parameters).orElseThrow(() -> new SQLException("No row: " + sql));
    }

    static <T> Optional<T> first(Connection connection, String sql, Row<T> row, Object... parameters)
            throws SQLException {
        List<T> rows = list(connection, sql, row, parameters);
        return rows.isEmpty() ? Optional.empty() : Optional.ofNullable(rows.get(0));
    }

    static <T> List<T> list(Connection connection, String sql, Row<T> row, Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            List<T> rows = new ArrayList<>();
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    rows.add(row.of(result));
                }
            }
            return rows;
        }
    }

    /** Bytes on the server's disk. */
    static long size(Connection connection, String database) throws SQLException {
        return one(connection, "select pg_database_size(?::name)", row -> row.getLong(1), database);
    }

    /** The server's version, such as 150014, and where it listens, as its own container sees it. */
    record Facts(int version, int port) {
        static Facts of(Connection connection) throws SQLException {
            return new Facts(DatabaseServer.version(connection), DatabaseServer.port(connection));
        }
    }

    /** Where the server listens, as its own container sees it. */
    static int port(Connection connection) throws SQLException {
        return Integer.parseInt(one(connection, "show port", row -> row.getString(1)));
    }

    static boolean exists(Connection connection, String database) throws SQLException {
        return !list(connection, "select 1 from pg_database where datname = ?", row -> 1, database)
                .isEmpty();
    }
}
