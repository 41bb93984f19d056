package nocobase.procedures.backup;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import javax.sql.DataSource;
import nocobase.procedures.cluster.ClusterSettings;
import nocobase.procedures.cluster.DataJob;
import nocobase.procedures.cluster.OperationId;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** A cluster's PostgreSQL embedded in the test, with NocoBase's role and a small database of its own. */
final class EmbeddedCluster {

    private static EmbeddedCluster shared;

    static final String ROLE = "nocobase";

    private final EmbeddedPostgres postgres;
    final ScriptedContainers containers = new ScriptedContainers();
    final StoppedNodes nodes = new StoppedNodes(List.of("app-1", "app-2"));
    final Catalogue catalogue = new MemoryCatalogue();

    /** One server for all test classes of this room; each test begins with {@link #reset}. */
    static synchronized EmbeddedCluster shared() {
        if (shared == null) {
            EmbeddedCluster started = new EmbeddedCluster();
            Runtime.getRuntime().addShutdownHook(new Thread(started::close));
            shared = started;
        }
        return shared;
    }

    private EmbeddedCluster() {
        try {
            postgres = EmbeddedPostgres.builder()
                    .setServerConfig("max_prepared_transactions", "5")
                    .setServerConfig("wal_level", "logical")
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As after the first start: everything that a test made is gone. */
    void reset() {
        containers.reset();
        containers.begun = this::createScratch;
        nodes.running.set(false);
        catalogue.list().forEach(point -> catalogue.remove(point.id()));
        catalogue.replaced().forEach(catalogue::remove);
        list("select gid from pg_prepared_xacts where database = 'nocobase'")
                .forEach(gid -> admin("nocobase", "rollback prepared " + Sql.text(gid)));
        list("select datname from pg_database where datname not in ('postgres', 'template0', 'template1')")
                .forEach(name -> {
                    admin("postgres", "drop database " + Sql.name(name) + " with (force)");
                });
        list("select rolname from pg_roles where rolname <> 'postgres' and rolname !~ '^pg_'")
                .forEach(role -> admin("postgres", "drop owned by " + Sql.name(role), "drop role " + Sql.name(role)));
        admin("postgres", "create role nocobase login createdb password 'secret'");
        admin("postgres", "create database nocobase owner nocobase");
        sql(
                "nocobase",
                "create table \"applicationVersion\" (id serial primary key, value text)",
                "insert into \"applicationVersion\" (value) values ('2.2.15')",
                "create table users (id serial primary key, email text)",
                "insert into users (email) select 'u' || n from generate_series(1, 100) n");
    }

    /** What the job makes that restores the schema in the dry run. */
    private void createScratch(DataJob job) {
        if (job.name().endsWith("-dry-run-restore")) {
            for (String statement : job.files().get("/procedures/create.sql").split(";\n")) {
                as(
                        job.environment().get("PGUSER"),
                        job.environment().get("PGUSER").equals("postgres") ? "postgres" : "secret",
                        "template1",
                        statement);
            }
        }
    }

    private List<String> list(String query) {
        try (Connection connection = connect("postgres", "postgres", "test")) {
            return DatabaseServer.list(connection, query, row -> row.getString(1));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    DataSource dataSource() {
        return postgres.getPostgresDatabase();
    }

    int port() {
        return postgres.getPort();
    }

    ClusterSettings settings(Map<String, String> changes) {
        return settings(port(), changes);
    }

    static ClusterSettings settings(int port, Map<String, String> changes) {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("runtime", "docker");
        keys.put("nodes.labels.x", "y");
        keys.put("nodes.image", "local/stand-in:{version}");
        keys.put("balancer.container", "nginx");
        keys.put("balancer.url", "http://127.0.0.1:9");
        keys.put("database.host", "127.0.0.1");
        keys.put("database.port", String.valueOf(port));
        keys.put("database.name", "nocobase");
        keys.put("database.user", ROLE);
        keys.put("database.password", "secret");
        keys.put("database.container", "db");
        keys.put("restore-points.volume", "restore-points");
        keys.putAll(changes);
        Map<String, String> source = new LinkedHashMap<>();
        keys.forEach((key, value) -> source.put("cluster." + key, value));
        return new Binder(new MapConfigurationPropertySource(source))
                .bind("cluster", ClusterSettings.class)
                .get();
    }

    /** The keys of an administrator's connection. */
    static Map<String, String> withAdmin() {
        return Map.of("database.admin-user", "postgres", "database.admin-password", "postgres");
    }

    /** A new instance knows nothing but the world: as after a crash of the engine. */
    PostgresRestorePoints restorePoints(Map<String, String> changes) {
        return new PostgresRestorePoints("emb", settings(changes), containers, nodes, Clock.systemUTC(), catalogue);
    }

    static OperationId operation() {
        return OperationId.next("emb");
    }

    void sql(String database, String... statements) {
        as(ROLE, "secret", database, statements);
    }

    void admin(String database, String... statements) {
        as("postgres", "postgres", database, statements);
    }

    Connection connect(String user, String database, String application) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", user.equals("postgres") ? "postgres" : "secret");
        properties.setProperty("ApplicationName", application);
        Connection connection = DriverManager.getConnection(url(database), properties);
        if (application.isEmpty()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("set application_name = ''");
            }
        }
        return connection;
    }

    String value(String database, String query) {
        try (Connection connection = connect("postgres", database, "test");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.next() ? row.getString(1) : null;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    boolean exists(String database) {
        return value("postgres", "select 1 from pg_database where datname = " + Sql.text(database)) != null;
    }

    DatabaseTraits traits(String database) {
        try (Connection connection = connect("postgres", "postgres", "test")) {
            return TraitsReader.read(connection, database);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void as(String user, String password, String database, String... statements) {
        try (Connection connection = DriverManager.getConnection(url(database), user, password);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port() + "/" + database;
    }

    private void close() {
        try {
            postgres.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
