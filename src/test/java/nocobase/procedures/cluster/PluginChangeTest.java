package nocobase.procedures.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import nocobase.procedures.cluster.PluginChange.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a person typed becomes a change, or a refusal that says what is expected. */
class PluginChangeTest {

    @ParameterizedTest
    @ValueSource(strings = {"map", "@nocobase/plugin-map", "@acme/hello.world_2"})
    void short_and_package_names_are_taken(String name) {
        assertThat(PluginChange.enable(name).name()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "-rf",
                "--force",
                "../map",
                "@acme/..",
                "a..b",
                "/etc/passwd",
                "map;id",
                "$(id)",
                "`id`",
                "map map",
                "map'",
                "map\"",
                "map\nid",
                "MAP",
                "@acme/",
                "@/map",
                "a/b/c",
                "storage/x.tgz",
                "https://example.com/x.tgz"
            })
    void anything_else_is_no_name(String name) {
        assertThatThrownBy(() -> PluginChange.enable(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not the name of a plugin");
    }

    @ParameterizedTest
    @CsvSource({
        "@acme/plugin-hello@1.2.0, true, false",
        "https://packages.example.com/acme/hello-1.2.0.tgz, false, false",
        "https://packages.example.com:8443/a/b/@acme/plugin-hello/-/plugin-hello-1.2.0.tar.gz, false, false",
        "storage/uploads/hello-1.2.0.tgz, false, true",
        "storage/hello_1.tar.gz, false, true",
    })
    void three_kinds_of_sources_are_taken(String source, boolean registry, boolean storage) {
        PluginChange change = new PluginChange(Kind.ADD, "@acme/plugin-hello", source);
        assertThat(change.fromRegistry()).isEqualTo(registry);
        assertThat(change.fromStorage()).isEqualTo(storage);
        assertThat(change.key()).isEqualTo("add @acme/plugin-hello from " + source);
        assertThat(change.text()).isEqualTo("install @acme/plugin-hello from " + source);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "@acme/plugin-hello",
                "@acme/plugin-hello@latest",
                "@acme/plugin-hello@^1.2.0",
                "http://packages.example.com/hello.tgz",
                "https://me:secret@packages.example.com/hello.tgz",
                "https://packages.example.com/hello.tgz?token=secret",
                "https://packages.example.com/../hello.tgz",
                "https://packages.example.com/hello.zip",
                "file:///etc/passwd.tgz",
                "/app/nocobase/storage/hello.tgz",
                "storage/../.env.tgz",
                "storage/.license/x.tgz",
                "storage/uploads/he llo.tgz",
                "storage/$(id).tgz",
                "uploads/hello.tgz",
                "storage//hello.tgz",
                "--registry=x.tgz"
            })
    void any_other_source_is_refused(String source) {
        assertThatThrownBy(() -> new PluginChange(Kind.ADD, "@acme/plugin-hello", source))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not a source for a plugin package");
    }

    @Test
    void the_registry_names_the_package() {
        PluginChange change = new PluginChange(Kind.UPDATE, " ", "@acme/plugin-hello@1.2.0-beta.1");
        assertThat(change.name()).isEqualTo("@acme/plugin-hello");
        assertThat(change.registryVersion()).isEqualTo("1.2.0-beta.1");
    }

    @Test
    void name_and_source_must_agree() {
        assertThatThrownBy(() -> new PluginChange(Kind.ADD, "@acme/plugin-other", "@acme/plugin-hello@1.2.0"))
                .hasMessageContaining("names the package @acme/plugin-hello, not @acme/plugin-other");
    }

    @Test
    void a_source_where_none_belongs_is_refused() {
        assertThatThrownBy(() -> new PluginChange(Kind.REMOVE, "map", "storage/map.tgz"))
                .hasMessageContaining("leave it empty");
    }
}
