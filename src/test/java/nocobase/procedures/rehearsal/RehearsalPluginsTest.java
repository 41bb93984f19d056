package nocobase.procedures.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.Installation;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Plugin;
import nocobase.procedures.cluster.PluginChange;
import nocobase.procedures.cluster.PluginChange.Kind;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Route;
import nocobase.procedures.cluster.Scale;
import nocobase.procedures.cluster.Version;
import org.junit.jupiter.api.Test;

/** Plugins and first starts of the simulated cluster. */
class RehearsalPluginsTest {

    private static final Version V15 = Version.parse("2.2.15");

    private final RehearsalScene scene = new RehearsalScene("plugins");

    @Test
    void an_enabled_plugin_is_loaded_by_the_others_only_when_they_restart() {
        reduceToOne();
        Plugin map = scene.until(() -> change(PluginChange.enable("map")));
        assertThat(map.enabled() && map.installed() && !map.builtIn()).isTrue();
        scene.startOthers(V15);
        assertThat(plugins("app-1")).contains("map").isEqualTo(plugins("app-3"));
        scene.until(() -> change(PluginChange.disable("@nocobase/plugin-map")));
        assertThat(plugins("app-1")).doesNotContain("map");
        assertThat(plugins("app-3")).contains("map");
        assertThat(scene.world().violations())
                .containsExactly(
                        "plugins were changed on app-1 while app-2 ran",
                        "plugins were changed on app-1 while app-3 ran");
    }

    @Test
    void a_change_answers_503_while_it_runs_and_is_launched_once() {
        reduceToOne();
        assertThat(change(PluginChange.enable("map"))).isInstanceOf(Progress.Pending.class);
        assertThat(change(PluginChange.enable("map"))).isInstanceOf(Progress.Pending.class);
        assertThat(scene.ready("app-1", V15)).isEqualTo(Progress.pending("enable map"));
        scene.until(() -> change(PluginChange.enable("map")));
        assertThat(scene.world().texts())
                .containsOnlyOnce("app-1 enable map")
                .containsOnlyOnce("app-1 enable map done");
    }

    @Test
    void what_cannot_be_enabled_fails_and_can_be_tried_again() {
        reduceToOne();
        Failure failure = scene.untilFailed(() -> change(PluginChange.enable("charts-pro")));
        assertThat(failure.what()).contains("charts-pro", "Cannot find plugin");
        assertThat(failure.remedy()).contains("licence key");
        scene.rehearsals.order(scene.cluster, RehearsalFault.PLUGIN_CHANGE_FAILS_ONCE);
        scene.untilFailed(() -> change(PluginChange.enable("map")));
        assertThat(scene.until(() -> change(PluginChange.enable("map"))).enabled())
                .isTrue();
        assertThat(scene.world().violations()).isEmpty();
    }

    @Test
    void what_is_built_in_is_not_disabled() {
        reduceToOne();
        Failure failure = scene.untilFailed(() -> change(PluginChange.disable("@nocobase/plugin-workflow")));
        assertThat(failure.what()).contains("built into NocoBase", "next start would enable it again");
        assertThat(scene.world().texts()).noneMatch(text -> text.contains("disable"));
        assertThat(plugins("app-1")).contains("workflow");
    }

    @Test
    void packages_are_added_updated_and_removed() {
        reduceToOne();
        String hello = "@acme/plugin-hello";
        scene.until(() -> change(new PluginChange(Kind.ADD, hello, "storage/uploads/hello-1.2.0.tgz")));
        assertThat(recorded(hello)).isEmpty();
        scene.until(() -> change(PluginChange.enable(hello)));
        scene.until(() -> change(new PluginChange(Kind.UPDATE, "", hello + "@1.3.0")));
        assertThat(recorded(hello)).hasSize(1);
        assertThat(recorded(hello).get(0).version()).isEqualTo("1.3.0");
        Plugin removed = scene.until(() -> change(new PluginChange(Kind.REMOVE, hello, "")));
        assertThat(removed.enabled()).isFalse();
        assertThat(recorded(hello)).isEmpty();
        scene.untilFailed(() -> change(PluginChange.enable(hello)));
    }

    @Test
    void a_first_start_installs_and_enables_what_is_required() {
        scene.rehearsals.resetToNeverStarted(scene.cluster);
        assertThat(installation()).isEqualTo(Installation.Kind.EMPTY);
        assertThat(scene.cluster.application().plugins()).isEmpty();
        assertThat(firstStartChecks()).doesNotContain(Check.Result.WARN, Check.Result.FAIL);
        scene.startFirst(V15);
        List<Plugin> plugins = scene.until(
                () -> scene.cluster.application().ensurePlugins(first(), Set.of("map", "users", "localization")));
        assertThat(plugins).filteredOn(Plugin::enabled).hasSize(78).allMatch(Plugin::installed);
        scene.until(() -> scene.cluster.runtime().scale(Scale.none()));
        scene.startFirst(V15);
        scene.startOthers(V15);
        assertThat(plugins("app-2")).isEqualTo(plugins("app-1")).contains("map", "localization");
        assertThat(installation()).isEqualTo(Installation.Kind.INSTALLED);
        assertThat(scene.world().violations()).isEmpty();
    }

    /** Measured with NocoBase 2.2.15: without the first node's restart one of the two others is stuck for good. */
    @Test
    void others_that_join_together_right_after_an_installation_collide() {
        scene.rehearsals.resetToNeverStarted(scene.cluster);
        scene.startFirst(V15);
        scene.until(() -> scene.cluster.runtime().scale(Scale.all(Set.of())));
        scene.until(() -> scene.ready("app-2", V15));
        assertThat(scene.untilFailed(() -> scene.ready("app-3", V15)).what()).contains("APP_ERROR");
        assertThat(scene.world().violations())
                .containsExactly("app-3 raced with another node in the first start after the installation");
    }

    @Test
    void a_required_plugin_that_is_not_there_is_named() {
        scene.rehearsals.resetToNeverStarted(scene.cluster);
        scene.startFirst(V15);
        Failure failure = scene.untilFailed(
                () -> scene.cluster.application().ensurePlugins(first(), Set.of("map", "pubsub-adapter-redis")));
        assertThat(failure.what()).contains("pubsub-adapter-redis");
    }

    @Test
    void a_killed_first_start_is_recognised_and_the_first_node_alone_finishes_it() {
        scene.rehearsals.resetToNeverStarted(scene.cluster);
        scene.launchFirst();
        scene.passSeconds(15);
        scene.rehearsals.kill(scene.cluster, "app-1");
        assertThat(installation()).isEqualTo(Installation.Kind.HALF_INSTALLED);
        assertThat(firstStartChecks()).contains(Check.Result.WARN).doesNotContain(Check.Result.FAIL);
        scene.untilFailed(() -> scene.cluster.runtime().scale(Scale.first()));
        scene.startFirst(V15);
        assertThat(installation()).isEqualTo(Installation.Kind.INSTALLED);
    }

    @Test
    void a_foreign_database_is_refused() {
        scene.rehearsals.resetToNeverStarted(scene.cluster);
        scene.rehearsals.fillWithForeignTables(scene.cluster);
        assertThat(installation()).isEqualTo(Installation.Kind.FOREIGN);
        assertThat(scene.cluster.application().installation().text()).contains("3 tables", "customers");
        assertThat(firstStartChecks()).contains(Check.Result.FAIL);
    }

    @Test
    void running_nodes_are_a_warning_before_a_first_start() {
        assertThat(scene.cluster.runtime().checkFirstStart())
                .filteredOn(check -> check.result() == Check.Result.WARN)
                .singleElement()
                .satisfies(check -> assertThat(check.finding()).contains("app-1, app-2, app-3"));
    }

    @Test
    void a_node_that_lacks_a_plugin_is_seen_and_healed_by_its_restart() {
        scene.suspend();
        scene.startFirst(V15);
        scene.rehearsals.order(scene.cluster, RehearsalFault.LAST_NODE_LACKS_PLUGIN_ONCE);
        scene.startOthers(V15);
        assertThat(plugins("app-3")).isNotEqualTo(plugins("app-1"));
        scene.until(() -> scene.cluster.runtime().scale(Scale.all(Set.of("app-3"))));
        scene.startOthers(V15);
        assertThat(plugins("app-3")).isEqualTo(plugins("app-1"));
        assertThat(scene.world().violations()).isEmpty();
    }

    private void reduceToOne() {
        Route route = new Route.Nodes(List.of(first()));
        scene.cluster.balancer().route(route);
        scene.until(() -> scene.cluster.balancer().prove(route));
        List<Node> leaving = scene.cluster.runtime().beyond(Scale.first());
        scene.until(() -> scene.cluster.balancer().drained(leaving, Duration.ofSeconds(30)));
        scene.until(() -> scene.cluster.runtime().scale(Scale.first()));
    }

    private Node first() {
        return scene.cluster.runtime().observe().first();
    }

    private Progress<Plugin> change(PluginChange change) {
        return scene.cluster.application().change(first(), change);
    }

    private List<String> plugins(String node) {
        return scene.until(() -> scene.ready(node, V15)).plugins();
    }

    private List<Plugin> recorded(String name) {
        return scene.cluster.application().plugins().stream()
                .filter(plugin -> plugin.is(name))
                .toList();
    }

    private Installation.Kind installation() {
        return scene.cluster.application().installation().kind();
    }

    private List<Check.Result> firstStartChecks() {
        return java.util.stream.Stream.concat(
                        scene.cluster.application().checkFirstStart().stream(),
                        scene.cluster.runtime().checkFirstStart().stream())
                .map(Check::result)
                .toList();
    }
}
