package nocobase.procedures.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import nocobase.procedures.Requires;
import nocobase.procedures.docker.SameVersionUpgrade.Reason;
import org.junit.jupiter.api.Test;

/** The real image's Yarn hands over what it is told: NocoBase gets the variable where it has no file of variables yet. */
@Requires({"docker", "nocobase"})
class YarnToldIT {

    @Test
    void theApplicationGetsTheVariableAndItGoesAgain() {
        try (DockerScene scene = DockerRuntimeIT.nodes(1)
                        .image("local/nocobase", "2.2.15")
                        .start();
                DockerCluster host = DockerRuntimeIT.host(scene);
                DockerEngine engine = new DockerEngine(scene.settings().docker(), Duration.ofMinutes(1))) {
            DockerScene.docker().removeContainerCmd(scene.node(1)).exec();
            DockerScene.docker()
                    .createContainerCmd("local/nocobase:2.2.15")
                    .withName(scene.node(1))
                    .withCmd("sleep", "600")
                    .exec();
            scene.startNode(1);
            exec(host, scene, "rm /app/nocobase/.env");
            assertThat(variables(host, scene)).doesNotContain(SameVersionUpgrade.VARIABLE);

            SameVersionUpgrade sameVersion = new SameVersionUpgrade(new Archives(engine));
            NodeContainer node =
                    new NodeContainer(engine.container(scene.node(1)).orElseThrow());
            sameVersion.leaveOut(node, Reason.JOINS);
            assertThat(variables(host, scene)).contains("\"SKIP_SAME_VERSION_UPGRADE\": \"true\"");
            sameVersion.demand(node);
            assertThat(variables(host, scene)).doesNotContain(SameVersionUpgrade.VARIABLE);
        }
    }

    private static String variables(DockerCluster host, DockerScene scene) {
        return exec(host, scene, "cd /app/nocobase && yarn -s run env");
    }

    private static String exec(DockerCluster host, DockerScene scene, String script) {
        var result = host.containers().exec(scene.node(1), List.of("sh", "-c", script), Duration.ofSeconds(30));
        assertThat(result.exitCode()).as(result.output()).isZero();
        return result.output();
    }
}
