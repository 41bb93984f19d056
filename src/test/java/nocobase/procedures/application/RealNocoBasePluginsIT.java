package nocobase.procedures.application;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
 * The real NocoBase 2.2.15: what it records and answers when it installs itself, and when plugins are added and enabled. One node, because each
 * start takes half a minute.
 */
@Requires("nocobase")
class RealNocoBasePluginsIT {

    private static final String HELLO = "@acme/plugin-hello";
    private static final String STORAGE = "/app/nocobase/storage";

    @Test
    void installs_itself_then_a_package_of_our_own_is_added_and_enabled_together_with_a_bundled_plugin()
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

            plugins.file(STORAGE, "hello-1.2.0.tgz", hello());
            PluginChange add = new PluginChange(Kind.ADD, HELLO, "storage/hello-1.2.0.tgz");
            Plugin added = plugins.untilDone(() -> plugins.nocobase.change(plugins.first(), add));
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
        }
    }

    /** The smallest package that NocoBase takes. */
    private static byte[] hello() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GzipCompressorOutputStream(bytes))) {
            entry(
                    tar,
                    "package/package.json",
                    "{\"name\": \"" + HELLO + "\", \"version\": \"1.2.0\", \"main\": \"dist/server/index.js\"}");
            entry(tar, "package/dist/server/index.js", """
                        module.exports = class extends require('@nocobase/server').Plugin {
                          async load() {
                            this.app.resourceManager.define({ name: 'hello', actions: { list: async () => {} } });
                          }
                        };
                        """);
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
