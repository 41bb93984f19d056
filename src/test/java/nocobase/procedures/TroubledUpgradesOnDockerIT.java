package nocobase.procedures;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.HostConfig;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.docker.DockerScene;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Upgrades that are refused, aborted or disturbed, one after another on one cluster: after each it serves its previous
 * version as before, and after the last, which nothing stops, the next one.
 */
@Requires("docker")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class TroubledUpgradesOnDockerIT {

    private static final Duration SOON = Duration.ofSeconds(90);

    private UpgradeScene scene;

    @BeforeAll
    void build() {
        scene = new UpgradeScene(DockerScene.of(3).start(), Duration.ofSeconds(60));
        scene.engine.start();
    }

    @AfterAll
    void remove() {
        if (scene != null) {
            scene.close();
        }
    }

    /** What a cluster may have wrong, how it comes about, and what the refusal says of it. */
    private enum Fault {
        ANOTHER_APP_KEY("APP_KEY on ", "Give all nodes the same values") {
            @Override
            void cause(UpgradeScene scene) {
                DockerScene docker = scene.docker;
                List<String> environment = scene.environment(3).stream()
                        .map(variable -> variable.startsWith("APP_KEY=") ? "APP_KEY=another" : variable)
                        .toList();
                DockerScene.docker()
                        .createContainerCmd(DockerScene.STAND_IN + ":" + UpgradeScene.PREVIOUS)
                        .withName(fourth(scene))
                        .withLabels(Map.of(DockerScene.CLUSTER_LABEL, docker.name(), DockerScene.TEST_LABEL, "true"))
                        .withEnv(environment)
                        .withHostConfig(HostConfig.newHostConfig()
                                .withNetworkMode(docker.network())
                                .withBinds(Bind.parse(docker.storageVolume() + ":/app/nocobase/storage")))
                        .exec();
            }

            @Override
            void mend(UpgradeScene scene) {
                DockerScene.docker().removeContainerCmd(fourth(scene)).exec();
            }

            private String fourth(UpgradeScene scene) {
                return scene.docker.node(4);
            }
        },
        BALANCER_STOPPED("-nginx isn't running", "Start it, or correct procedures.clusters.<name>.balancer.container") {
            @Override
            void cause(UpgradeScene scene) {
                DockerScene.docker()
                        .stopContainerCmd(scene.docker.balancerContainer())
                        .withTimeout(1)
                        .exec();
            }

            @Override
            void mend(UpgradeScene scene) {
                DockerScene.docker()
                        .startContainerCmd(scene.docker.balancerContainer())
                        .exec();
            }
        },
        WRONG_PASSWORD("password authentication failed", "Correct user and password below procedures.clusters") {
            @Override
            void cause(UpgradeScene scene) {
                asAdministrator(scene, "ALTER ROLE " + DockerScene.ROLE + " PASSWORD 'another'");
            }

            @Override
            void mend(UpgradeScene scene) {
                asAdministrator(scene, "ALTER ROLE " + DockerScene.ROLE + " PASSWORD '" + DockerScene.PASSWORD + "'");
            }
        };

        private final String finding;
        private final String remedy;

        Fault(String finding, String remedy) {
            this.finding = finding;
            this.remedy = remedy;
        }

        abstract void cause(UpgradeScene scene);

        abstract void mend(UpgradeScene scene);

        private static void asAdministrator(UpgradeScene scene, String sql) {
            try (Connection connection = DriverManager.getConnection(
                            scene.docker.jdbcUrl("postgres"), DockerScene.ADMIN, DockerScene.ADMIN_PASSWORD);
                    Statement statement = connection.createStatement()) {
                statement.execute(sql);
            } catch (SQLException e) {
                throw new IllegalStateException(sql, e);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    @Order(1)
    void aClusterWithAFaultIsRefusedAndNothingIsTouched(Fault fault) {
        fault.cause(scene);
        try {
            List<String> before = nodesAsTheyAre();
            scene.start(scene.olga, "2.2.16");
            Person.Task refused = scene.await(scene.olga, "decideHowToGoOn", SOON);
            String failure = scene.olga.shown(refused).at("/failure/value").asText();
            assertThat(failure).contains(fault.finding, fault.remedy).doesNotContain(SecretsWatch.CANARY);
            scene.olga.complete(refused, Map.of("decision", "abort", "decisionComment", "to be mended first"));

            assertThat(scene.awaitEnd(SOON)).isEqualTo("endEvent_upgradeRefused");
            assertThat(nodesAsTheyAre()).isEqualTo(before);
            assertThat(scene.client.periods())
                    .extracting(ClientWatch.Period::status)
                    .doesNotContain(503);
        } finally {
            fault.mend(scene);
        }
        assertServesAsBefore();
    }

    /** Somebody connects to the database right after the last look at it. */
    @Test
    @Order(2)
    void anAbortAfterAFailedBackUpBringsThePreviousVersionBackWithItsRestartPolicies() throws SQLException {
        scene.start(scene.olga, "2.2.16");
        scene.acceptPlan(scene.olga, SOON);
        scene.awaitWaiting("all-nodes-stopped", SOON);
        try (Connection foreign = DriverManager.getConnection(
                scene.docker.jdbcUrl() + "?ApplicationName=DBeaver", DockerScene.ADMIN, DockerScene.ADMIN_PASSWORD)) {
            Person.Task failed = scene.await(scene.olga, "decideHowToGoOn", SOON);
            assertThat(scene.olga.shown(failed).at("/failure/value").asText())
                    .contains("\"DBeaver", "pg_terminate_backend(");
            assertThat(policies()).containsOnly("no");
            assertThat(foreign.isValid(5)).isTrue();
            scene.olga.complete(failed, Map.of("decision", "abort", "decisionComment", "another day"));
        }

        assertThat(scene.awaitEnd(SOON)).isEqualTo("endEvent_previousVersionBackInService");
        assertServesAsBefore();
        assertThat(scene.client.periods())
                .extracting(ClientWatch.Period::status)
                .containsExactly(200, 503, 200);
    }

    /** One node cannot be switched, the others are; before anybody decides, the engine dies and somebody deletes the instance. */
    @Test
    @Order(3)
    void returnToServiceWithHalfOfTheNodesSwitched() {
        List<String> records = scene.sql("select r::text from records r order by id");
        scene.start(scene.olga, "2.2.16");
        String cut = scene.operation();
        String inTheWay = scene.docker.occupy(scene.docker.node(3) + "-pre-" + cut);
        scene.acceptPlan(scene.olga, SOON);
        scene.await(scene.olga, "decideHowToGoOn", SOON);
        scene.engine.kill();
        DockerScene.docker().removeContainerCmd(inTheWay).exec();
        assertThat(scene.nodes())
                .extracting(Node::version)
                .as("the switch was cut short")
                .contains(UpgradeScene.PREVIOUS, Version.parse("2.2.16"));
        scene.engine.start();
        scene.deleteInstance();

        scene.start(scene.olga, "return-to-service", Map.of());
        scene.acceptPlan(scene.olga, SOON);
        scene.restore(cut, SOON, SOON);
        assertThat(scene.awaitEnd(SOON)).isEqualTo("endEvent_clusterBackInService");
        scene.report("return to service from a switch that was cut short");

        scene.assertServes(UpgradeScene.PREVIOUS);
        assertThat(scene.sql("select r::text from records r order by id")).isEqualTo(records);
    }

    /**
     * The private way in is whoever's who has it: it is nowhere but in the task. And a node that somebody starts while the
     * task waits is seen and stopped at once.
     */
    @Test
    @Order(4)
    void thePrivateLinkStandsInNoLogAndAnIntruderIsStopped() {
        scene.start(scene.olga, "2.2.16");
        scene.acceptPlan(scene.olga, SOON);
        Person.Task verify = scene.await(scene.otto, "verifyFunctionality", SOON);
        String link = scene.otto.shown(verify).at("/privateLink/value").asText();
        String secret = link.substring(link.lastIndexOf('/') + 1);
        assertThat(secret).hasSizeGreaterThanOrEqualTo(20);

        intrude();
        scene.otto.complete(verify, Map.of("verification", "works", "verificationComment", "Looked at the main pages"));

        assertThat(scene.awaitEnd(SOON)).isEqualTo("endEvent_versionUpgraded");
        scene.assertServes(Version.parse("2.2.16"));
        scene.assertNothingLeftBehind("unless-stopped");
        assertThat(scene.engine.log()).contains(scene.operation()).doesNotContain(secret);
        for (Person person : List.of(scene.olga, scene.maria)) {
            assertThat(person.page("/evidence/" + scene.operation()))
                    .contains(scene.operation(), "was started by somebody else")
                    .doesNotContain(secret);
            assertThat(person.page("/api/status")).doesNotContain(secret);
        }
    }

    private void intrude() {
        Duration stopped = scene.intrude(3, SOON);
        Instant started = scene.started(3);
        Instant seen = Instant.ofEpochMilli(Long.parseLong(
                scene.engineSql("select (extract(epoch from at) * 1000)::bigint from remark where operation = '"
                                + scene.operation() + "'")
                        .get(0)));
        System.out.printf(
                "Intruder seen after %d ms, stopped after %d ms%n",
                Duration.between(started, seen).toMillis(), stopped.toMillis());
        // Half a second between two looks, and what busy cores need; NodeGuardWatchTest has the pace itself.
        assertThat(Duration.between(started, seen)).isLessThan(Duration.ofSeconds(4));
        assertThat(stopped).isLessThan(Duration.ofSeconds(8));
    }

    private void assertServesAsBefore() {
        Awaitility.await("the previous version serves")
                .atMost(SOON)
                .pollInterval(Duration.ofMillis(250))
                .untilAsserted(() -> scene.assertServes(UpgradeScene.PREVIOUS));
        scene.assertNothingLeftBehind("unless-stopped");
    }

    /** Which containers they are, since when they run, and what brings them up again. */
    private List<String> nodesAsTheyAre() {
        return scene.docker.nodes().stream()
                .map(scene.docker::inspect)
                .map(node -> node.getId() + " " + node.getState().getStartedAt() + " "
                        + node.getState().getRunning() + " "
                        + node.getHostConfig().getRestartPolicy().getName())
                .toList();
    }

    private List<String> policies() {
        return scene.docker.nodes().stream()
                .map(node -> scene.docker
                        .inspect(node)
                        .getHostConfig()
                        .getRestartPolicy()
                        .getName())
                .toList();
    }
}
