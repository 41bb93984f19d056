package nocobase.procedures;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nocobase.procedures.cluster.NocoBase.Readiness;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.docker.DockerScene;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * One cluster of three nodes from its first start on: plugins are changed, an earlier state comes back, a second cluster
 * takes it over, and everything is killed in the middle of an upgrade. Each test begins with what the one before left.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class LifeOfACluster {

    /** Enabled by the first start, disabled by the maintenance. */
    private static final String MAP = "map";

    private static final String MAP_ROUTE = "map-configuration:get";
    /** Part of the image too, not built in: enabled by the maintenance. */
    private static final String LOCALIZATION = "localization";

    private static final String LOCALIZATION_ROUTE = "localizationTexts:list";

    /** Names of databases that a restore replaced. */
    static final Predicate<String> BEFORE = name -> name.startsWith("nocobase_before_");

    final UpgradeScene scene;
    private final CompletableFuture<Void> secondServes;
    final Duration soon;
    final Duration started;

    /**
     * @param second the cluster that another one migrates to
     * @param soon how long a step without a start of NocoBase may take
     * @param started how long one with a start may take
     */
    LifeOfACluster(DockerScene docker, DockerScene second, Duration soon, Duration started) {
        this.soon = soon;
        this.started = started;
        scene = UpgradeScene.neverStarted(docker, second, started, Map.of("required-plugins", MAP));
        // It has a database and nodes of its own, so it need not wait for its turn.
        secondServes = CompletableFuture.runAsync(() -> scene.serve(scene.second));
        scene.engine.start();
    }

    @AfterAll
    void remove() {
        scene.close();
    }

    /** Makes a table of records through the application, with one record in it. */
    abstract void createRecords();

    abstract void deleteTheRecord();

    /** The table that the migration of 2.2.16 adds the column "note" to. */
    abstract String migratedTable();

    @Test
    @Order(1)
    void firstStartLetsTheOtherNodesWaitForTheFirst() {
        scene.start(scene.olga, "first-start", Map.of());
        scene.acceptPlan(scene.olga, soon);
        assertThat(scene.awaitEnd(started.multipliedBy(2))).isEqualTo("endEvent_clusterStarted");
        scene.assertServes(UpgradeScene.PREVIOUS);
        // Its second start: the first one after an installation, which records more migrations, is alone as well.
        Instant firstReady = scene.lastLogged(1, "app has been started");
        assertThat(firstReady).isAfter(scene.started(1));
        assertThat(scene.started(1)).isAfter(scene.firstLogged(1, "app has been started"));
        for (int number = 2; number <= 3; number++) {
            assertThat(scene.started(number)).as("start of node " + number).isAfter(firstReady);
        }
        assertLoadedEverywhere(MAP, MAP_ROUTE);
        // Before the 503 page nobody answered: the balancer of this scene had no route yet.
        assertThat(statuses()).endsWith(503, 200);
        scene.assertNothingLeftBehind("unless-stopped");
        scene.report("first start");
    }

    @Test
    @Order(2)
    void maintenanceChangesPluginsAndRestartsEveryNodeWhileTheApplicationServes() {
        createRecords();
        assertLoadedEverywhere(MAP, MAP_ROUTE);
        assertLoadedNowhere(LOCALIZATION, LOCALIZATION_ROUTE);
        List<Instant> starts = starts();
        scene.start(scene.olga, "in-app-maintenance", maintenance("plugins"));
        scene.acceptPlan(scene.olga, soon);
        scene.await(scene.olga, "chooseWork", started);
        assertThat(scene.nodes().stream().filter(Node::running)).hasSize(1);
        Instant before = Instant.now();
        work(Map.of("work", "plugin", "pluginAction", "enable", "pluginName", LOCALIZATION));
        work(Map.of("work", "plugin", "pluginAction", "disable", "pluginChosen", "@nocobase/plugin-" + MAP));
        scene.await(scene.olga, "chooseWork", started);
        Instant after = Instant.now();
        work(Map.of("work", "takeRestorePoint"));
        work(Map.of("work", "done"));
        scene.verify(scene.otto, soon);
        assertThat(scene.awaitEnd(started.multipliedBy(3))).isEqualTo("endEvent_maintenanceCompleted");
        scene.report("in-app maintenance: a plugin enabled, another disabled");

        scene.assertServes(UpgradeScene.PREVIOUS);
        List<Instant> restarts = starts();
        for (int node = 0; node < starts.size(); node++) {
            assertThat(restarts.get(node)).as("start of node " + (node + 1)).isAfter(starts.get(node));
        }
        assertLoadedEverywhere(LOCALIZATION, LOCALIZATION_ROUTE);
        assertLoadedNowhere(MAP, MAP_ROUTE);
        assertThat(failuresOutside(before, after))
                .as("requests that failed outside of NocoBase's own plugin commands")
                .isEmpty();
        scene.assertNothingLeftBehind("unless-stopped");
    }

    @Test
    @Order(3)
    void earlierStateComesBackWithTheRecordThatWasDeleted() {
        String restorePoint = scene.cluster().restorePoints().list().get(0).id();
        List<String> records = scene.sql("select r::text from records r order by id");
        assertThat(records).isNotEmpty();
        deleteTheRecord();
        assertThat(scene.sql("select count(*) from records")).containsExactly("0");

        scene.start(scene.olga, "in-app-maintenance", maintenance("restorePoints"));
        scene.acceptPlan(scene.olga, soon);
        scene.await(scene.olga, "chooseWork", started);
        goBackTo(restorePoint);
        scene.report("in-app maintenance: an earlier state restored");

        scene.assertServes(UpgradeScene.PREVIOUS);
        assertThat(scene.sql("select r::text from records r order by id")).isEqualTo(records);
        assertThat(scene.databases()).anyMatch(BEFORE);
        scene.assertNothingLeftBehind("unless-stopped");
    }

    @Test
    @Order(4)
    void theClusterMigratesIntoASecondOne() {
        String restorePoint = scene.cluster().restorePoints().list().get(0).id();
        List<String> records = scene.sql("select r::text from records r order by id");
        secondServes.join();

        Map<String, Object> answers = new LinkedHashMap<>(maintenance("migration"));
        answers.put("cluster", scene.second.name());
        scene.start(scene.olga, "in-app-maintenance", answers);
        scene.acceptPlan(scene.olga, soon);
        scene.await(scene.olga, "chooseWork", started);
        work(Map.of("work", "receiveRestorePoint", "sourceRestorePoint", scene.docker.name() + "/" + restorePoint));
        Person.Task received = scene.await(scene.olga, "chooseWork", started);
        String offered = scene.olga
                .shown(received)
                .path("restorePointOptions")
                .path("value")
                .asText();
        goBackTo(offered.replaceFirst("(?s).*\"value\":\"([^\"]+)\".*", "$1"));
        scene.report("in-app maintenance: the first cluster's state migrated into a second one");

        assertThat(scene.sqlOfSecond("select r::text from records r order by id"))
                .isEqualTo(records);
        // Its users came along, and their passwords.
        URI balancer = scene.second.balancerUrl();
        assertThat(NocoBaseUser.signIn(balancer)
                        .get(balancer, "records:list")
                        .at("/data/0/title")
                        .asText())
                .isEqualTo("kept");
        assertThat(scene.sql("select r::text from records r order by id")).isEqualTo(records);
    }

    @Test
    @Order(6)
    void returnToServiceAfterEverythingWasKilledInTheMiddleOfAnUpgrade() {
        List<String> records = scene.sql("select id from records order by id");
        scene.start(scene.olga, "2.2.16");
        scene.acceptPlan(scene.olga, soon);
        // Not before: whoever asks NocoBase's database is a session that keeps it from being cloned.
        scene.awaitWaiting("first-node-ready", soon);
        scene.awaitTrue("select exists (select from information_schema.columns where table_name = '" + migratedTable()
                + "' and column_name = 'note')");
        scene.engine.kill();
        scene.docker.killEverything();
        scene.docker.restartDatabaseAndBalancer();
        assertThat(scene.sql("select value from \"applicationVersion\"")).doesNotContain("2.2.16");
        // The engine goes on at once, and an upgrade that ended until the deletion would leave nothing to finish.
        try (UpgradeScene.Held version = scene.holdVersion()) {
            scene.engine.start();
            scene.deleteInstance();
            scene.docker.killNodes();
            version.endSessions();
        }

        scene.start(scene.olga, "return-to-service", Map.of());
        scene.acceptPlan(scene.olga, soon);
        Person.Task choice = scene.await(scene.olga, "chooseWayBack", soon);
        assertThat(scene.olga.shown(choice).path("waysBack").path("value").asText())
                .contains("\"finish\"")
                .doesNotContain("\"asIs\"");
        scene.olga.complete(choice, Map.of("wayBack", "finish", "wayBackComment", "the power failed"));
        scene.verify(scene.otto, started);
        assertThat(scene.awaitEnd(started)).isEqualTo("endEvent_clusterBackInService");
        scene.report("return to service after everything was killed");

        scene.assertServes(Version.parse("2.2.16"));
        assertThat(scene.sql("select id from records order by id")).isEqualTo(records);
        assertThat(scene.databases()).as("what an earlier restore replaced").anyMatch(BEFORE);
        assertThat(statuses()).endsWith(200);
    }

    private void goBackTo(String restorePoint) {
        work(Map.of("work", "restore"));
        scene.restore(restorePoint, soon, started);
        assertThat(scene.awaitEnd(started)).isEqualTo("endEvent_earlierStateRestored");
    }

    private void work(Map<String, Object> answers) {
        scene.complete(scene.olga, "chooseWork", started, answers);
    }

    private static Map<String, Object> maintenance(String work) {
        return Map.of("works", List.of(work), "details", "as agreed", "restorePointFirst", false);
    }

    private List<Integer> statuses() {
        return scene.client.periods().stream().map(ClientWatch.Period::status).toList();
    }

    /** Periods without an answer of the application that reach beyond that time. */
    private List<ClientWatch.Period> failuresOutside(Instant from, Instant to) {
        return scene.client.periods().stream()
                .filter(period -> period.status() != 200)
                .filter(period -> !within(period, from, to))
                .toList();
    }

    /** A period ends when the next one is seen: one request later. */
    private static boolean within(ClientWatch.Period period, Instant from, Instant to) {
        return !period.from().isBefore(from) && !period.to().isAfter(to.plusSeconds(2));
    }

    private List<Instant> starts() {
        return numbers().map(scene::started).toList();
    }

    private void assertLoadedEverywhere(String plugin, String route) {
        assertThat(plugins()).allMatch(plugins -> plugins.contains(plugin));
        assertThat(answers(route)).as(route + " on each node").containsOnly(401);
    }

    private void assertLoadedNowhere(String plugin, String route) {
        assertThat(plugins()).noneMatch(plugins -> plugins.contains(plugin));
        assertThat(answers(route)).as(route + " on each node").containsOnly(404);
    }

    /** What the plugin's own route answers on each node: the lists of a node come from the database that all share. */
    private List<Integer> answers(String route) {
        return numbers()
                .map(number -> NocoBaseUser.status(scene.docker.nodeUrl(number), route))
                .toList();
    }

    /** Those that each node lists. */
    private List<List<String>> plugins() {
        return scene.nodes().stream()
                .map(node -> scene.cluster().application().ready(node, UpgradeScene.PREVIOUS))
                .map(ready -> ((Progress.Done<Readiness>) ready).result().plugins())
                .toList();
    }

    private Stream<Integer> numbers() {
        return IntStream.rangeClosed(1, scene.docker.nodes().size()).boxed();
    }
}
