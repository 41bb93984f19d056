package nocobase.procedures;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.docker.DockerScene;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Nodes of several processes each, as the vendor's page on clusters recommends. In the long form. */
@Tag("long")
@Requires("nocobase")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@DisplayName("Real NocoBase 2.2.15 with CLUSTER_MODE=2; 2.2.16 is our own layer over it, no release")
class ClusterModeOfRealNocoBaseIT {

    private static final Duration SOON = Duration.ofSeconds(90);
    private static final Duration STARTED = Duration.ofSeconds(420);

    private static UpgradeScene scene;

    @BeforeAll
    static void build() {
        DockerScene docker = DockerScene.of(2)
                .image("local/nocobase", "2.2.15")
                .environment("CLUSTER_MODE", "2")
                .start();
        scene = UpgradeScene.neverStarted(docker, null, STARTED, Map.of("required-plugins", "map"));
        scene.engine.start();
    }

    @AfterAll
    static void remove() {
        if (scene != null) {
            scene.close();
        }
    }

    @Test
    @Order(1)
    void theFirstNodeInstallsInOneProcessAndServesInTwo() {
        scene.start(scene.olga, "first-start", Map.of());
        scene.acceptPlan(scene.olga, SOON);
        assertThat(scene.awaitEnd(STARTED)).isEqualTo("endEvent_clusterStarted");
        scene.report("first start, two processes in each node");
        scene.assertServes(UpgradeScene.PREVIOUS);
        assertTwoProcessesInEachNode();
        assertTheMapIsLoadedByEachProcess();
        assertStopsAreNoTimeOuts();
        scene.assertNothingLeftBehind("unless-stopped");
    }

    @Test
    @Order(2)
    void theFirstNodeUpgradesInOneProcessAndServesInTwo() {
        scene.keepSchema();
        scene.start(scene.olga, "2.2.16");
        scene.acceptPlan(scene.olga, SOON);
        scene.verify(scene.otto, STARTED);
        assertThat(scene.awaitEnd(STARTED)).isEqualTo("endEvent_versionUpgraded");
        scene.report("upgrade, two processes in each node");
        scene.assertServes(Version.parse("2.2.16"));
        assertTwoProcessesInEachNode();
        assertTheMapIsLoadedByEachProcess();
        assertStopsAreNoTimeOuts();
        scene.assertNothingLeftBehind("unless-stopped");
    }

    /** Its processes do not end by themselves when the application in them has stopped. */
    private static void assertStopsAreNoTimeOuts() {
        assertThat(scene.engineSql(
                        "select start_time_ from act_hi_actinst where act_name_ = 'Wait until all nodes are stopped'"
                                + " and end_time_ - start_time_ > interval '10 s'"))
                .isEmpty();
    }

    private static void assertTwoProcessesInEachNode() {
        for (int node = 1; node <= 2; node++) {
            assertThat(scene.docker.processes(node))
                    .as("of node " + node)
                    .filteredOn(command -> command.contains("@nocobase/app/lib/index.js")
                            && !command.contains("pm2-runtime")
                            && !command.contains("sh -c"))
                    .hasSize(2);
        }
    }

    /** Often enough that each process of each node is asked. */
    private static void assertTheMapIsLoadedByEachProcess() {
        for (int node = 1; node <= 2; node++) {
            URI url = scene.docker.nodeUrl(node);
            for (int round = 0; round < 8; round++) {
                // Nobody logged in; a process without the plugin says 404.
                assertThat(NocoBaseUser.status(url, "map-configuration:get")).isEqualTo(401);
            }
        }
    }
}
