package nocobase.procedures.nocobase;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import nocobase.procedures.cluster.DatabaseSettings;
import nocobase.procedures.cluster.Version;

/** A real PostgreSQL with what NocoBase records of its version and its plugins. */
final class RecordedDatabase implements AutoCloseable {

    private final EmbeddedPostgres postgres;

    private RecordedDatabase(EmbeddedPostgres postgres) {
        this.postgres = postgres;
    }

    static RecordedDatabase start() throws IOException {
        return new RecordedDatabase(EmbeddedPostgres.start());
    }

    int port() {
        return postgres.getPort();
    }

    Connection connect() throws SQLException {
        return postgres.getPostgresDatabase().getConnection();
    }

    /**
     * Everything anew: that version, with plugin users of it.
     *
     * @param furtherPlugins rows of NocoBase's table, as SQL has them
     */
    void holds(Version version, String... furtherPlugins) throws SQLException {
        sql(
                "drop schema if exists public cascade",
                "create schema public",
                "create table \"applicationVersion\" (id bigint, value text)",
                "insert into \"applicationVersion\" values (1, '" + version + "')",
                "create table \"applicationPlugins\" (name text, \"packageName\" text, version text, enabled boolean,"
                        + " installed boolean, \"builtIn\" boolean)",
                "insert into \"applicationPlugins\" values ('users', '@nocobase/plugin-users', '" + version
                        + "', true, true, true)");
        for (String plugin : furtherPlugins) {
            sql("insert into \"applicationPlugins\" values (" + plugin + ")");
        }
    }

    void sql(String... statements) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    DatabaseSettings settings() {
        return settings("public", "", false);
    }

    DatabaseSettings settings(String schema, String prefix, boolean underscored) {
        return new DatabaseSettings(
                "127.0.0.1",
                port(),
                "postgres",
                "postgres",
                "postgres",
                null,
                null,
                schema,
                prefix,
                underscored,
                null,
                null,
                null,
                null,
                null);
    }

    @Override
    public void close() throws IOException {
        postgres.close();
    }
}
