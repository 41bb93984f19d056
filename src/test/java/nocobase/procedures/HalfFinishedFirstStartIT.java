package nocobase.procedures;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import nocobase.procedures.docker.DockerScene;
import org.junit.jupiter.api.Test;

/** Somebody began by hand, and the first node was killed while it installed. */
@Requires("docker")
class HalfFinishedFirstStartIT {

    private static final Duration SOON = Duration.ofSeconds(60);

    @Test
    void whatAKilledInstallationLeftIsSetAsideAndTheFirstStartBeginsAnew() {
        DockerScene docker =
                DockerScene.of(2).environment("STAND_IN_UPGRADE_SECONDS", "3").start();
        try (UpgradeScene scene = UpgradeScene.neverStarted(docker, null, SOON, Map.of())) {
            docker.startNode(1);
            scene.awaitTrue("select to_regclass('public.users') is not null");
            DockerScene.docker().killContainerCmd(docker.node(1)).exec();
            assertThat(scene.sql("select to_regclass('\"applicationVersion\"')::text"))
                    .as("killed before the installation was complete")
                    .containsOnlyNulls();
            scene.engine.start();

            scene.start(scene.olga, "first-start", Map.of());
            Person.Task plan = scene.await(scene.olga, "reviewPlan", SOON);
            assertThat(scene.olga.shown(plan).path("checks").path("value").asText())
                    .contains("an installation started and did not finish");
            scene.acceptPlan(scene.olga, SOON);
            // NocoBase does not get over what is there already.
            Person.Task failed = scene.await(scene.olga, "decideHowToGoOn", SOON);
            assertThat(scene.olga.shown(failed).at("/failure/value").asText()).contains("APP_ERROR", "already exists");
            scene.olga.complete(
                    failed, Map.of("decision", "startAnew", "decisionComment", "Nothing of value is in it"));

            assertThat(scene.awaitEnd(SOON)).isEqualTo("endEvent_clusterStarted");
            scene.report("first start after a killed installation");
            scene.assertServes(UpgradeScene.PREVIOUS);
            assertThat(scene.databases()).anyMatch(name -> name.startsWith("nocobase_aside_"));
            scene.assertNothingLeftBehind("unless-stopped");
        }
    }
}
