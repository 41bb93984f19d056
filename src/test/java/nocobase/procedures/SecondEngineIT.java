package nocobase.procedures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import nocobase.procedures.Person.Task;
import nocobase.procedures.cluster.ClusterFence;
import nocobase.procedures.cluster.ClusterFence.Mark;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.docker.DockerScene;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * Who else may be at work on a cluster on Docker: another engine, another cluster of this engine, this one after a long rest,
 * and this one with the database of an earlier hour.
 */
@Requires({"docker", "browser"})
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

            asksAfterAnHour(scene);
            refused(scene);
            refusesToStartWithSharedContainers(scene);
            scene.engine.kill();
            asks(scene);
        }
    }

    /** The cluster's mark is made an hour old, as it is when an engine was away that long; the answer is given in Tasklist. */
    private static void asksAfterAnHour(UpgradeScene scene) {
        scene.engine.kill();
        ClusterFence fence = scene.cluster().fence();
        Mark last = fence.read().orElseThrow();
        assertThat(fence.put(new Mark(
                        last.number() + 1,
                        last.token(),
                        last.engine(),
                        last.host(),
                        last.operation(),
                        last.held(),
                        last.at().minus(Duration.ofHours(1)))))
                .isTrue();
        var before = scene.nodes().stream().map(Node::startedAt).toList();
        scene.engine.start();
        Task question = question(scene.otto);
        assertThat(scene.nodes()).extracting(Node::startedAt).isEqualTo(before);
        answerInTasklist(scene, question);
        Awaitility.await("the question is gone")
                .atMost(LIMIT)
                .until(() ->
                        scene.otto.tasks().stream().noneMatch(task -> task.key().equals("decideWhetherEngineGoesOn")));
        awaitSignOfLife(scene);
    }

    private static void answerInTasklist(UpgradeScene scene, Task question) {
        try (Chromium chromium = new Chromium();
                Page page = chromium.browser().newPage()) {
            page.setDefaultTimeout(LIMIT.toMillis());
            page.navigate(scene.engine.url() + "/camunda/app/tasklist/default/#/?task=" + question.id());
            page.getByPlaceholder("Username").fill("otto");
            page.getByPlaceholder("Password").fill(PASSWORD);
            page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Log in"))
                    .click();
            page.locator("[cam-tasklist-task-meta] .claim").click();
            Locator form = page.locator(".task-card .fjs-form");
            PlaywrightAssertions.assertThat(form)
                    .containsText("was away in the middle of operation " + scene.operation());
            page.getByLabel("Continue: this engine alone").check();
            page.getByRole(AriaRole.TEXTBOX).last().fill("Nobody did anything meanwhile");
            page.locator(".task-card .form-actions button[ng-click='complete()']")
                    .click();
            PlaywrightAssertions.assertThat(form).hasCount(0);
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

    /** Selectors that look different, and a database of its own: only the container engine tells that the nodes are the same. */
    private static void refusesToStartWithSharedContainers(UpgradeScene scene) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("spring.datasource.url", scene.docker.jdbcUrl("other"));
        Map<String, String> twin = scene.docker.keys();
        twin.keySet().removeIf(key -> key.startsWith("nodes.labels"));
        twin.put("nodes.labels.[" + DockerScene.TEST_LABEL + "]", "true");
        twin.put("database.name", "twin");
        twin.forEach((key, value) -> settings.put("procedures.clusters.twin." + key, value));
        EngineProcess engine = scene.engine.another(scene.docker.name() + "-twin", settings);
        assertThatThrownBy(engine::start)
                .hasMessageContaining("select the same container")
                .hasMessageContaining("Narrow the selectors");
    }

    private static void asks(UpgradeScene scene) {
        var before = scene.nodes().stream().map(Node::startedAt).toList();
        try (EngineProcess earlier = engine(scene, "earlier").start()) {
            Person otto = new Person(earlier.url(), "otto", PASSWORD);
            Task question = question(otto);
            assertThat(scene.nodes()).extracting(Node::startedAt).isEqualTo(before);
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

    private static Task question(Person person) {
        Awaitility.await("the question")
                .atMost(LIMIT)
                .until(() -> person.tasks().stream().anyMatch(task -> task.key().equals("decideWhetherEngineGoesOn")));
        return task(person, "decideWhetherEngineGoesOn");
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
