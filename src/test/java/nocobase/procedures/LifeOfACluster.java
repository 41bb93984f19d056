package nocobase.procedures;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 * One cluster of three nodes from its first start on: a plugin is enabled, an earlier state comes back, and everything is
 * killed in the middle of an upgrade. Each test begins with what the one before left.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class LifeOfACluster {

    private static final String REQUIRED = "map";
    private static final String ENABLED = "theme-editor";
    private static final String DISABLED = "action-export";

    final UpgradeScene scene;
    private final Duration soon;
    private final Duration started;

    /**
     * @param second the cluster that another one migrates to
     * @param soon how long a step without a start of NocoBase may take
     * @param started how long one with a start may take
     */
    LifeOfACluster(DockerScene docker, DockerScene second, Duration soon, Duration started) {
        this.soon = soon;
        this.started = started;
        scene = UpgradeScene.neverStarted(docker, second, started, Map.of("required-plugins", REQUIRED));
        scene.engine.start();
    }

    @AfterAll
    void remove() {
        scene.close();
    }

    /** Makes a table of records through the application, with one record in it. */
    abstract void createRecords();

    abstract void deleteTheRecord();

    @Test
    @Order(1)
    void firstStartLetsTheOtherNodesWaitForTheFirst() {
        scene.start(scene.olga, "first-start", Map.of());
        scene.acceptPlan(scene.olga, soon);
        assertThat(scene.awaitEnd(started.multipliedBy(2))).isEqualTo("endEvent_clusterStarted");
        scene.assertServes(UpgradeScene.PREVIOUS);
        Instant firstReady = scene.firstLogged(1, "app has been started");
        for (int number = 2; number <= 3; number++) {
            Instant other = Instant.parse(
                    scene.docker.inspect(scene.docker.node(number)).getState().getStartedAt());
            assertThat(other).as("start of node " + number).isAfter(firstReady);
        }
        assertEnabledEverywhere(REQUIRED);
        // Before the 503 page nobody answered: the balancer of this scene had no route yet.
        assertThat(statuses()).endsWith(503, 200);
        scene.assertNothingLeftBehind("unless-stopped");
        scene.report("first start");
    }

    @Test
    @Order(2)
    void maintenanceChangesPluginsAndRestartsEveryNodeWhileTheApplicationServes() {
        scene.start(scene.olga, "in-app-maintenance", maintenance("plugins"));
        scene.acceptPlan(scene.olga, soon);
        scene.await(scene.olga, "chooseWork", started);
        assertThat(scene.nodes().stream().filter(Node::running)).hasSize(1);
        Instant before = Instant.now();
        work(Map.of("work", "plugin", "pluginAction", "enable", "pluginName", ENABLED));
        work(Map.of("work", "plugin", "pluginAction", "disable", "pluginName", DISABLED));
        scene.await(scene.olga, "chooseWork", started);
        Instant after = Instant.now();
        work(Map.of("work", "byHand"));
        scene.await(scene.olga, "workByHand", soon);
        Instant byHand = Instant.now();
        createRecords();
        scene.complete(scene.olga, "workByHand", soon, Map.of("handworkDone", "created a table of records"));
        Instant done = Instant.now();
        work(Map.of("work", "takeRestorePoint"));
        work(Map.of("work", "done"));
        scene.complete(scene.otto, "verifyFunctionality", soon, works());
        assertThat(scene.awaitEnd(started.multipliedBy(3))).isEqualTo("endEvent_maintenanceCompleted");
        scene.report("in-app maintenance: a plugin enabled, another disabled");

        scene.assertServes(UpgradeScene.PREVIOUS);
        assertEnabledEverywhere(ENABLED);
        assertThat(plugins()).noneMatch(plugins -> plugins.contains(DISABLED));
        assertThat(failuresOutside(before, after, byHand, done))
                .as("requests that failed outside of NocoBase's own commands")
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
        assertThat(scene.databases()).anyMatch(name -> name.startsWith("nocobase_before_"));
        scene.assertNothingLeftBehind("unless-stopped");
    }

    @Test
    @Order(4)
    void theClusterMigratesIntoASecondOne() {
        String restorePoint = scene.cluster().restorePoints().list().get(0).id();
        List<String> records = scene.sql("select r::text from records r order by id");
        scene.serve(scene.second);

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
        assertThat(scene.sql("select r::text from records r order by id")).isEqualTo(records);
    }

    @Test
    @Order(5)
    void returnToServiceAfterEverythingWasKilledInTheMiddleOfAnUpgrade() {
        List<String> records = scene.sql("select id from records order by id");
        scene.start(scene.olga, "2.2.16");
        scene.acceptPlan(scene.olga, soon);
        scene.awaitWaiting("first-node-ready", started);
        scene.engine.kill();
        scene.docker.killEverything();
        scene.docker.restartDatabaseAndBalancer();
        scene.engine.start();
        scene.deleteInstance();

        scene.start(scene.olga, "return-to-service", Map.of());
        scene.acceptPlan(scene.olga, soon);
        Person.Task choice = scene.await(scene.olga, "chooseWayBack", soon);
        String ways = scene.olga.shown(choice).path("waysBack").path("value").asText();
        // Killed before or after the last step of the upgrade: both ways lead to the new version.
        String way = ways.contains("finish") ? "finish" : "asIs";
        scene.olga.complete(choice, Map.of("wayBack", way, "wayBackComment", "the power failed"));
        scene.complete(scene.otto, "verifyFunctionality", started, works());
        assertThat(scene.awaitEnd(started)).isEqualTo("endEvent_clusterBackInService");
        scene.report("return to service after everything was killed");

        scene.assertServes(Version.parse("2.2.16"));
        assertThat(scene.sql("select id from records order by id")).isEqualTo(records);
        assertThat(statuses()).endsWith(200);
    }

    private void goBackTo(String restorePoint) {
        work(Map.of("work", "restore"));
        scene.complete(
                scene.olga,
                "chooseWayBack",
                soon,
                Map.of("wayBack", "restore", "restorePointChosen", restorePoint, "wayBackComment", "as agreed"));
        scene.complete(
                scene.maria, "approveRollback", soon, Map.of("rollbackApproved", true, "approvalComment", "go ahead"));
        scene.complete(scene.otto, "verifyFunctionality", started, works());
        assertThat(scene.awaitEnd(started)).isEqualTo("endEvent_earlierStateRestored");
    }

    private void work(Map<String, Object> answers) {
        scene.complete(scene.olga, "chooseWork", started, answers);
    }

    private static Map<String, Object> maintenance(String work) {
        return Map.of("works", List.of(work), "details", "as agreed", "restorePointFirst", false);
    }

    private static Map<String, Object> works() {
        return Map.of("verification", "works", "verificationComment", "Looked at the main pages");
    }

    private List<Integer> statuses() {
        return scene.client.periods().stream().map(ClientWatch.Period::status).toList();
    }

    /** Periods without an answer of the application that reach beyond both of the times. */
    private List<ClientWatch.Period> failuresOutside(Instant from, Instant to, Instant from2, Instant to2) {
        return scene.client.periods().stream()
                .filter(period -> period.status() != 200)
                .filter(period -> !within(period, from, to) && !within(period, from2, to2))
                .toList();
    }

    /** A period ends when the next one is seen: one request later. */
    private static boolean within(ClientWatch.Period period, Instant from, Instant to) {
        return !period.from().isBefore(from) && !period.to().isAfter(to.plusSeconds(2));
    }

    private void assertEnabledEverywhere(String plugin) {
        assertThat(plugins()).allMatch(plugins -> plugins.contains(plugin));
    }

    /** Those that each node has loaded and answers for. */
    private List<List<String>> plugins() {
        return scene.nodes().stream()
                .map(node -> scene.cluster().application().ready(node, UpgradeScene.PREVIOUS))
                .map(ready -> ((Progress.Done<Readiness>) ready).result().plugins())
                .toList();
    }
}
