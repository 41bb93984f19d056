package nocobase.procedures.nocobase;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import nocobase.procedures.Requires;
import nocobase.procedures.cluster.Installation;
import nocobase.procedures.cluster.Plugin;
import nocobase.procedures.cluster.PluginChange;
import nocobase.procedures.cluster.PluginChange.Kind;
import nocobase.procedures.cluster.Scale;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.docker.DockerScene;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.junit.jupiter.api.Test;

/**
 * The real NocoBase 2.2.15: what it records and answers when it installs itself, and when plugins are added, enabled, updated
 * and removed. One node, because each start takes half a minute.
 */
@Requires("nocobase")
class RealNocoBasePluginsIT {

    private static final String HELLO = "@acme/plugin-hello";
    private static final String STORAGE = "/app/nocobase/storage";

    @Test
    void installs_itself_then_a_package_of_our_own_is_added_enabled_with_a_bundled_plugin_updated_and_removed()
            throws IOException {
        try (DockerScene scene = DockerScene.of(1)
                        .image("local/nocobase", "2.2.15")
                        .withoutBalancer()
                        .start();
                PluginScene plugins = new PluginScene(scene)) {
            assertThat(plugins.nocobase.installation().kind()).isEqualTo(Installation.Kind.EMPTY);
            plugins.start(Scale.first());
            assertThat(plugins.nocobase.installation().kind()).isEqualTo(Installation.Kind.INSTALLED);
            assertThat(plugins.nocobase.plugins()).hasSizeGreaterThan(70).allMatch(Plugin::installed);
            assertThat(plugins.routeAnswers(1, "map-configuration:get")).isEqualTo(404);

            assertThat(plugins.seen)
                    .anyMatch(text -> text.startsWith("not answering yet"))
                    .anyMatch(text -> text.matches("load plugin \\[.*], \\d+/\\d+"));
            assertThat(plugins.nocobase.recordedVersion()).contains(Version.parse("2.2.15"));

            plugins.file(STORAGE, "hello-1.2.0.tgz", hello("1.2.0", "hello"));
            Plugin added = change(plugins, new PluginChange(Kind.ADD, HELLO, "storage/hello-1.2.0.tgz"));
            assertThat(added).isEqualTo(new Plugin(HELLO, HELLO, "1.2.0", false, false, false));
            assertThat(plugins.exec("test", "-e", STORAGE + "/.upgrading"))
                    .as("nodes that start together must not all upgrade")
                    .isNotZero();

            assertThat(plugins.untilFailed(() ->
                                    plugins.nocobase.ensurePlugins(plugins.first(), Set.of("map", "no-such-plugin")))
                            .what())
                    .contains("no package for no-such-plugin");
            List<Plugin> ensured = plugins.untilDone(
                    () -> plugins.nocobase.ensurePlugins(plugins.first(), Set.of("users", "map", HELLO)));
            assertThat(ensured)
                    .filteredOn(plugin -> plugin.is("map") || plugin.is(HELLO))
                    .hasSize(2)
                    .allMatch(plugin -> plugin.enabled() && plugin.installed() && !plugin.builtIn());
            assertThat(plugins.readiness(1).plugins()).contains("map", HELLO);
            assertThat(plugins.routeAnswers(1, "map-configuration:get")).isEqualTo(401);
            assertThat(plugins.routeAnswers(1, "hello:list")).isEqualTo(401);

            plugins.file(STORAGE, "hello-1.3.0.tgz", hello("1.3.0", "goodbye"));
            Plugin updated = change(plugins, new PluginChange(Kind.UPDATE, HELLO, "storage/hello-1.3.0.tgz"));
            assertThat(updated).isEqualTo(new Plugin(HELLO, HELLO, "1.3.0", true, true, false));
            assertThat(plugins.routeAnswers(1, "goodbye:list")).isEqualTo(401);
            assertThat(plugins.routeAnswers(1, "hello:list")).isEqualTo(404);

            Plugin removed = change(plugins, new PluginChange(Kind.REMOVE, HELLO, ""));
            assertThat(removed.enabled()).isFalse();
            assertThat(plugins.nocobase.plugins()).noneMatch(plugin -> plugin.is(HELLO));
            assertThat(plugins.exec("test", "-e", STORAGE + "/plugins/" + HELLO))
                    .isNotZero();
            assertThat(plugins.readiness(1).plugins()).contains("map").doesNotContain(HELLO);
            assertThat(plugins.routeAnswers(1, "goodbye:list")).isEqualTo(404);
        }
    }

    private static Plugin change(PluginScene plugins, PluginChange change) {
        Instant begun = Instant.now();
        Plugin changed = plugins.untilDone(() -> plugins.nocobase.change(plugins.first(), change));
        System.out.printf(
                "%s took %.1f s%n",
                change.text(), Duration.between(begun, Instant.now()).toMillis() / 1000.0);
        return changed;
    }

    /** The smallest package that NocoBase takes; it answers for a resource of that name. */
    private static byte[] hello(String version, String resource) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GzipCompressorOutputStream(bytes))) {
            entry(
                    tar,
                    "package/package.json",
                    "{\"name\": \"" + HELLO + "\", \"version\": \"" + version
                            + "\", \"main\": \"dist/server/index.js\"}");
            entry(tar, "package/dist/server/index.js", """
                        module.exports = class extends require('@nocobase/server').Plugin {
                          async load() {
                            this.app.resourceManager.define({ name: '%s', actions: { list: async () => {} } });
                          }
                        };
                        """.formatted(resource));
        }
        return bytes.toByteArray();
    }

    private static void entry(TarArchiveOutputStream tar, String name, String content) throws IOException {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(bytes.length);
        tar.putArchiveEntry(entry);
        tar.write(bytes);
        tar.closeArchiveEntry();
    }
}
