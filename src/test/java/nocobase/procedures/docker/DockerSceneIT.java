package nocobase.procedures.docker;

import static org.assertj.core.api.Assertions.assertThat;

import nocobase.procedures.Requires;
import nocobase.procedures.cluster.ClusterSettings;
import org.junit.jupiter.api.Test;

@Requires("docker")
class DockerSceneIT {

    @Test
    void buildsAWholeClusterAndLeavesNothingBehind() {
        DockerScene scene = DockerScene.of(2).start();
        try (scene) {
            scene.sql("CREATE TABLE seen (id int)");
            assertThat(scene.inspect(scene.balancerContainer()).getState().getRunning())
                    .isTrue();
            assertThat(scene.inspect(scene.node(2)).getState().getStatus()).isEqualTo("created");
            assertThat(scene.nodes()).containsExactly(scene.node(1), scene.node(2));
            ClusterSettings settings = scene.settings();
            assertThat(settings.nodes().labels()).containsEntry(DockerScene.CLUSTER_LABEL, scene.name());
            assertThat(settings.balancer().url()).isEqualTo(scene.balancerUrl());
        }
        assertThat(scene.containers()).isEmpty();
        assertThat(DockerScene.docker().listVolumesCmd().exec().getVolumes())
                .noneMatch(volume -> volume.getName().startsWith(scene.name()));
        assertThat(DockerScene.docker().listNetworksCmd().exec())
                .noneMatch(network -> network.getName().startsWith(scene.name()));
    }
}
