package nocobase.procedures.backup;

import com.github.dockerjava.api.exception.ConflictException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import nocobase.procedures.cluster.ClusterRuntime;
import nocobase.procedures.cluster.Containers;
import nocobase.procedures.cluster.DataJob;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.docker.DockerCluster;
import nocobase.procedures.docker.DockerScene;

/** A stopped cluster with data on a real engine, and restore points of it. */
final class BackupScene implements AutoCloseable {

    final DockerScene docker;
    private final AtomicInteger looks = new AtomicInteger();
    private final DockerCluster host;
    final ClusterRuntime nodes;
    final Containers containers;
    final Catalogue catalogue = new MemoryCatalogue();

    BackupScene() {
        this(DockerScene.of(2));
    }

    BackupScene(DockerScene.Plan plan) {
        docker = plan.withoutBalancer().start();
        host = new DockerCluster(docker.name(), docker.settings(), Clock.systemUTC());
        nodes = host.runtime();
        containers = host.containers();
    }

    /** As at its beginning: nodes stopped, an empty database, empty volumes, nothing in the catalogue. */
    void reset() {
        docker.nodes().forEach(BackupScene::kill);
        catalogue.list().forEach(point -> {
            CopyJobs.worksOn(point.id()).forEach(containers::forget);
            catalogue.remove(point.id());
        });
        catalogue.replaced().forEach(catalogue::remove);
        databases().stream()
                .filter(name -> !List.of("postgres", "template0", "template1").contains(name))
                .forEach(name -> admin("postgres", "drop database " + Sql.name(name) + " with (force)"));
        admin("postgres", "create database " + DockerScene.DATABASE + " owner " + DockerScene.ROLE);
        inStorage("find /s /r -mindepth 1 -delete");
    }

    private static void kill(String node) {
        try {
            DockerScene.docker().killContainerCmd(node).exec();
        } catch (ConflictException e) {
            // it does not run
        }
    }

    /** A new instance knows nothing but the world: as after a crash of the engine. */
    PostgresRestorePoints restorePoints(Map<String, String> changes) {
        return new PostgresRestorePoints(
                docker.name(), docker.settings(changes), containers, nodes, Clock.systemUTC(), catalogue);
    }

    PostgresRestorePoints restorePoints() {
        return restorePoints(Map.of());
    }

    OperationId operation() {
        return OperationId.next(docker.name());
    }

    /** As NocoBase's role. */
    void sql(String database, String... statements) {
        as(DockerScene.ROLE, DockerScene.PASSWORD, database, statements);
    }

    void admin(String database, String... statements) {
        as(DockerScene.ADMIN, DockerScene.ADMIN_PASSWORD, database, statements);
    }

    private void as(String user, String password, String database, String... statements) {
        try (Connection connection = DriverManager.getConnection(docker.jdbcUrl(database), user, password);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    String value(String database, String query) {
        try (Connection connection = DriverManager.getConnection(
                        docker.jdbcUrl(database), DockerScene.ADMIN, DockerScene.ADMIN_PASSWORD);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.next() ? row.getString(1) : null;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    Connection connect(String database, String application) throws SQLException {
        return DriverManager.getConnection(
                docker.jdbcUrl(database) + "?ApplicationName=" + application, DockerScene.ROLE, DockerScene.PASSWORD);
    }

    DatabaseTraits traits(String database) {
        try (Connection connection = connect("postgres", "test")) {
            return TraitsReader.read(connection, database);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A volume with little room, kept alive (it is in memory) as long as the scene. */
    String smallVolume(String size) {
        String volume = docker.name() + "-small";
        DockerScene.docker()
                .createVolumeCmd()
                .withName(volume)
                .withLabels(Map.of(DockerScene.TEST_LABEL, "true"))
                .withDriverOpts(Map.of("type", "tmpfs", "device", "tmpfs", "o", "size=" + size))
                .exec();
        containers.run(new DataJob(
                docker.name() + "-keeper",
                "local/postgres:15",
                null,
                List.of("sleep", "600"),
                Map.of(),
                Map.of(),
                List.of(volume + ":/r"),
                null,
                "none"));
        return volume;
    }

    List<String> databases() {
        return List.of(value("postgres", "select string_agg(datname, ',' order by datname) from pg_database")
                .split(","));
    }

    /** Tables, rows, a sequence, a view, a large object, as a NocoBase would have them and a little more. */
    void fill(int rows) {
        sql(
                DockerScene.DATABASE,
                "create table \"applicationVersion\" (id serial primary key, value text)",
                "insert into \"applicationVersion\" (value) values ('2.2.15')",
                "create table users (id bigserial primary key, email text unique, notes text)",
                "insert into users (email, notes) select 'u' || n || '@example.com', md5(n::text) from"
                        + " generate_series(1, " + rows + ") n",
                "create index users_notes on users (notes)",
                "create view names as select email from users",
                "create materialized view counted as select count(*) from users",
                "create extension pg_trgm",
                "create publication changes for table users",
                "select setval('users_id_seq', 4711)",
                "select lo_from_bytea(0, 'a large object')");
    }

    /** Runs a shell in a container that has the storage at {@code /s} and the restore points at {@code /r}. */
    String inStorage(String script) {
        DataJob job = new DataJob(
                docker.name() + "-look-" + looks.incrementAndGet(),
                "local/postgres:15",
                null,
                List.of("sh", "-ec", script),
                Map.of(),
                Map.of(),
                List.of(docker.storageVolume() + ":/s", docker.name() + "-restore-points:/r"),
                null,
                "none");
        return new Jobs(containers).await(job, script, text -> {}).text().strip();
    }

    /** Runs a shell in a container that has what the first node mounts. */
    String likeANode(String script) {
        DataJob job = new DataJob(
                docker.name() + "-look-" + looks.incrementAndGet(),
                "local/postgres:15",
                null,
                List.of("sh", "-ec", script),
                Map.of(),
                Map.of(),
                List.of(),
                docker.node(1),
                "none");
        return new Jobs(containers).await(job, script, text -> {}).text().strip();
    }

    @Override
    public void close() {
        host.close();
        docker.close();
    }
}
