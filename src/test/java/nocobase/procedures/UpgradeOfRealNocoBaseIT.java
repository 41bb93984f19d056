package nocobase.procedures;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.docker.DockerScene;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The version upgrade of two nodes of the real NocoBase 2.2.15. There is no complete later release on the registry: 2.2.16
 * and 2.2.17 are layers of our own over the real 2.2.15, relabelled, with a migration of our own that NocoBase's real upgrade
 * runs. The two tests use one cluster, one after the other.
 */
@Requires("nocobase")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@DisplayName("Real NocoBase 2.2.15; 2.2.16 and 2.2.17 are our own layers over it, no releases")
class UpgradeOfRealNocoBaseIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration STARTED = Duration.ofSeconds(300);
    private static final int RECORDS = 20;
    private static final String SUB_APPLICATION = "shop";

    private static UpgradeScene scene;

    @BeforeAll
    static void build() {
        scene = new UpgradeScene(
                DockerScene.of(2).image("local/nocobase", "2.2.15").start(), STARTED);
        createRecords();
        startASubApplication();
        scene.engine.start();
    }

    @AfterAll
    static void remove() {
        if (scene != null) {
            scene.close();
        }
    }

    private static void createRecords() {
        URI node = scene.docker.nodeUrl(1);
        NocoBaseUser admin = NocoBaseUser.signIn(node);
        admin.post(
                node,
                "collections:create",
                "{\"name\": \"records\", \"title\": \"Records\", \"fields\": [{\"type\": \"string\", \"name\": \"title\","
                        + " \"interface\": \"input\"}]}");
        for (int number = 1; number <= RECORDS; number++) {
            admin.post(node, "records:create", "{\"title\": \"Record " + number + "\"}");
        }
    }

    /** Its row does not start it by itself: as for most, the first visit does. */
    private static void startASubApplication() {
        URI node = scene.docker.nodeUrl(1);
        NocoBaseUser admin = NocoBaseUser.signIn(node);
        admin.post(node, "pm:enable?filterByTk=multi-app-manager", "");
        Awaitility.await("the plugin is loaded")
                .atMost(STARTED)
                .until(() -> NocoBaseUser.status(node, "applications:list") == 401);
        admin.post(node, "applications:create", "{\"name\": \"" + SUB_APPLICATION + "\", \"options\": {}}");
        Awaitility.await("the sub-application is installed")
                .atMost(STARTED)
                .until(() -> NocoBaseUser.status(node, "__app/" + SUB_APPLICATION + "/app:getInfo") == 200);
    }

    /** What the task says to whoever verifies. */
    private static void assertTold(String sentence) {
        Person.Task task = scene.await(scene.otto, "verifyFunctionality", STARTED);
        assertThat(scene.otto.shown(task).at("/remarks/value").asText()).contains(sentence);
    }

    @Test
    @Order(1)
    @DisplayName("a broken version (2.2.17, our layer) ends with the previous one serving and nothing lost")
    void aBrokenVersionEndsWithThePreviousOneServingAndNothingLost() {
        scene.keepSchema();
        List<String> users = scene.sql("select u::text from users u order by id");
        List<String> records = scene.sql("select r::text from records r order by id");
        assertThat(records).hasSize(RECORDS);

        scene.start(scene.olga, "2.2.17");
        scene.acceptPlan(scene.olga, SOON);
        Person.Task failed = scene.await(scene.olga, "decideHowToGoOn", STARTED);
        Instant reported = scene.firstLogged(1, "20261101000000-tidy-users failed");
        Duration delay = Duration.between(reported, failed.created());
        System.out.println("Failure recognised " + delay.toMillis() + " ms after NocoBase's log first said it");
        assertThat(delay).isLessThan(Duration.ofSeconds(10));
        assertThat(scene.olga.shown(failed).at("/failure/value").asText())
                .contains("20261101000000-tidy-users failed", scene.docker.node(1));
        assertThat(scene.sql("select count(*) from records")).containsExactly("0");
        scene.olga.complete(failed, Map.of("decision", "rollback", "decisionComment", "The records are gone"));
        scene.approveRollback(scene.maria, SOON);
        assertTold("Sub-applications that answer with NocoBase 2.2.15: " + SUB_APPLICATION + ".");
        scene.verify(scene.otto, STARTED);

        assertThat(scene.awaitEnd(STARTED)).isEqualTo("endEvent_previousVersionRestored");
        scene.report("real NocoBase, broken upgrade (our layer 2.2.17) and rollback");
        scene.assertServes(UpgradeScene.PREVIOUS);
        for (int node = 1; node <= 2; node++) {
            scene.firstLogged(node, "app is already the latest version");
        }
        assertThat(scene.sql("select r::text from records r order by id")).isEqualTo(records);
        assertThat(scene.sql("select u::text from users u order by id")).isEqualTo(users);
        assertThat(scene.schemaDifference()).isEmpty();
        assertClientsSeeTheRecords();
        scene.assertNothingLeftBehind("unless-stopped");
    }

    @Test
    @Order(2)
    @DisplayName("a good version (2.2.16, our layer) serves on all nodes and all records are there")
    void aGoodVersionServesOnAllNodesAndAllRecordsAreThere() {
        scene.keepSchema();
        List<String> records = scene.sql("select r::text from records r order by id");

        scene.start(scene.olga, "2.2.16");
        scene.acceptPlan(scene.olga, SOON);
        assertTold("Sub-applications that answer with NocoBase 2.2.16: " + SUB_APPLICATION + ".");
        scene.verify(scene.otto, STARTED);

        assertThat(scene.awaitEnd(STARTED)).isEqualTo("endEvent_versionUpgraded");
        scene.report("real NocoBase, good upgrade (our layer 2.2.16)");
        scene.assertServes(Version.parse("2.2.16"));
        assertThat(scene.sql("select r::text from records r order by id")).isEqualTo(records);
        assertThat(scene.schemaDifference()).contains("note text");
        assertClientsSeeTheRecords();
        scene.assertNothingLeftBehind("unless-stopped");
    }

    /** Through the balancer, often enough that each node is asked. */
    private static void assertClientsSeeTheRecords() {
        URI balancer = scene.docker.balancerUrl();
        NocoBaseUser admin = NocoBaseUser.signIn(balancer);
        for (int round = 0; round < 6; round++) {
            assertThat(admin.get(balancer, "records:list?pageSize=100").path("data"))
                    .hasSize(RECORDS);
        }
        assertThat(scene.client.periods())
                .extracting(ClientWatch.Period::status)
                .containsExactly(200, 503, 200);
    }
}
