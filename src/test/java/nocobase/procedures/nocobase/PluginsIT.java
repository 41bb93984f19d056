package nocobase.procedures.nocobase;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.util.List;
import java.util.Set;
import nocobase.procedures.Requires;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.Installation;
import nocobase.procedures.cluster.Plugin;
import nocobase.procedures.cluster.PluginChange;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Scale;
import nocobase.procedures.docker.DockerCluster;
import nocobase.procedures.docker.DockerScene;
import org.junit.jupiter.api.Test;

/** A first start with required plugins, and their changes, on containers that answer as NocoBase does. */
@Requires("docker")
class PluginsIT {

    @Test
    void a_first_start_with_required_plugins_and_changes_that_the_other_node_learns_by_its_restart() {
        try (DockerScene scene = DockerScene.of(2).withoutBalancer().start();
                PluginScene plugins = new PluginScene(scene)) {
            scene.sql("create table customers (id int)");
            assertThat(plugins.nocobase.installation().text()).isEqualTo("1 table, not NocoBase's: customers.");
            assertThat(plugins.nocobase.checkFirstStart())
                    .extracting(Check::result)
                    .containsExactly(Check.Result.FAIL);
            scene.sql("drop table customers");
            assertThat(plugins.nocobase.installation().kind()).isEqualTo(Installation.Kind.EMPTY);

            plugins.start(Scale.first());
            Failure missing = plugins.untilFailed(
                    () -> plugins.nocobase.ensurePlugins(plugins.first(), Set.of("map", "adapter-redis")));
            assertThat(missing.what()).contains("adapter-redis").doesNotContain("map");
            List<Plugin> ensured =
                    plugins.untilDone(() -> plugins.nocobase.ensurePlugins(plugins.first(), Set.of("map", "users")));
            assertThat(ensured).filteredOn(plugin -> plugin.is("map")).allMatch(Plugin::enabled);
            assertThat(plugins.nocobase.installation().kind()).isEqualTo(Installation.Kind.INSTALLED);

            plugins.start(Scale.all(Set.of()));
            assertThat(plugins.readiness(2).plugins())
                    .contains("map")
                    .isEqualTo(plugins.readiness(1).plugins());

            // Another process of ours takes over in the middle.
            PluginChange disable = PluginChange.disable("@nocobase/plugin-map");
            assertThat(plugins.nocobase.change(plugins.first(), disable)).isInstanceOf(Progress.Pending.class);
            try (DockerCluster host = new DockerCluster(scene.name(), scene.settings(), Clock.systemUTC());
                    PluginScene second = new PluginScene(scene)) {
                Plugin map = second.untilDone(() -> second.nocobase.change(second.first(), disable));
                assertThat(map.enabled()).isFalse();
                assertThat(host.containers()
                                .exec(scene.node(1), List.of("cat", "/tmp/nocobase-procedures/what"), PluginScene.CALL)
                                .output())
                        .isEqualTo(disable.text());
            }
            assertThat(plugins.readiness(1).plugins()).doesNotContain("map");
            assertThat(plugins.routeAnswers(1, "map-configuration:get")).isEqualTo(404);
            assertThat(plugins.routeAnswers(2, "map-configuration:get"))
                    .as("the other node has it loaded until it restarts")
                    .isEqualTo(401);
        }
    }
}
