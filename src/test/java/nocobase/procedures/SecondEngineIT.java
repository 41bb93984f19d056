package nocobase.procedures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import nocobase.procedures.Person.Task;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.docker.DockerScene;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Who else may be at work on a cluster on Docker: another engine, and this one with the database of an earlier hour. */
@Requires("docker")
class SecondEngineIT {

    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final String PASSWORD = "people-secret-of-the-scene";

    @Test
    void anotherEngineIsRefusedAndAnOlderDatabaseAsks() {
        try (UpgradeScene scene = new UpgradeScene(DockerScene.of(2).start(), LIMIT)) {
            scene.engine.start();
            scene.start(scene.olga, "2.2.16");
            scene.acceptPlan(scene.olga, LIMIT);
            Task verify = scene.await(scene.otto, "verifyFunctionality", LIMIT);

            // Killed and started again at once: nobody is asked.
            scene.engine.kill();
            copy(scene, "earlier");
            scene.engine.start();
            awaitSignOfLife(scene);
            assertThat(scene.otto.tasks()).extracting(Task::id).containsExactly(verify.id());

            refused(scene);
            scene.engine.kill();
            asks(scene);
        }
    }

    private static void refused(UpgradeScene scene) {
        sql(scene, "postgres", "create database other owner " + UpgradeScene.ENGINE_DATABASE);
        try (EngineProcess other = engine(scene, "other").start()) {
            Person olga = new Person(other.url(), "olga", PASSWORD);
            assertThatThrownBy(() -> olga.start(
                            "version-upgrade",
                            Map.of("cluster", scene.docker.name(), "targetVersion", "2.2.18", "reason", "as agreed")))
                    .hasMessageContaining("Another engine is at work on this cluster")
                    .hasMessageContaining(scene.operation());
        }
    }

    private static void asks(UpgradeScene scene) {
        var before = scene.nodes().stream().map(Node::startedAt).toList();
        try (EngineProcess earlier = engine(scene, "earlier").start()) {
            Person otto = new Person(earlier.url(), "otto", PASSWORD);
            Awaitility.await("the question")
                    .atMost(LIMIT)
                    .until(() ->
                            otto.tasks().stream().anyMatch(task -> task.key().equals("decideWhetherEngineGoesOn")));
            assertThat(scene.nodes()).extracting(Node::startedAt).isEqualTo(before);
            Task question = task(otto, "decideWhetherEngineGoesOn");
            assertThat(otto.shown(question).path("doubt").path("value").asText())
                    .contains("older backup");
            otto.complete(question, Map.of("engineChoice", "goOn", "engineComment", "No copy runs"));
            Awaitility.await("it goes on")
                    .atMost(LIMIT)
                    .until(() -> otto.attempt(
                                    task(otto, "verifyFunctionality"),
                                    Map.of("verification", "works", "verificationComment", "Looked at it"))
                            < 300);
            Awaitility.await("the upgrade has ended")
                    .atMost(LIMIT)
                    .until(() ->
                            otto.tasks().isEmpty() && scene.nodes().stream().allMatch(Node::running));
            assertThat(scene.nodes())
                    .extracting(node -> node.version().toString())
                    .containsOnly("2.2.16");
        }
    }

    private static Task task(Person person, String key) {
        return person.tasks().stream()
                .filter(task -> task.key().equals(key))
                .findFirst()
                .orElseThrow();
    }

    /** Of which the copy knows nothing. */
    private static void awaitSignOfLife(UpgradeScene scene) {
        long number = number(scene);
        Awaitility.await("signs of life").atMost(LIMIT).until(() -> number(scene) > number + 1);
    }

    private static long number(UpgradeScene scene) {
        return scene.cluster().fence().read().orElseThrow().number();
    }

    private static EngineProcess engine(UpgradeScene scene, String database) {
        return scene.engine.another(
                scene.docker.name() + "-" + database, Map.of("spring.datasource.url", scene.docker.jdbcUrl(database)));
    }

    private static void copy(UpgradeScene scene, String database) {
        sql(
                scene,
                "postgres",
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = '"
                        + UpgradeScene.ENGINE_DATABASE + "'");
        sql(
                scene,
                "postgres",
                "create database " + database + " template " + UpgradeScene.ENGINE_DATABASE + " owner "
                        + UpgradeScene.ENGINE_DATABASE);
    }

    private static void sql(UpgradeScene scene, String database, String text) {
        try (Connection connection = DriverManager.getConnection(
                        scene.docker.jdbcUrl(database), DockerScene.ADMIN, DockerScene.ADMIN_PASSWORD);
                Statement statement = connection.createStatement()) {
            statement.execute(text);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
