package nocobase.procedures.nocobase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.NodeState;
import nocobase.procedures.cluster.Plugin;
import nocobase.procedures.cluster.PluginChange;
import nocobase.procedures.cluster.PluginChange.Kind;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.language.Language;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plugin commands against a real PostgreSQL and real processes; NocoBase's command line does what the test says. */
class PluginWorkTest {

    private static final Version VERSION = Version.parse("2.2.15");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String HELLO = "@acme/plugin-hello";

    private static RecordedDatabase database;

    @TempDir
    Path root;

    private final ObservedNodes runtime = new ObservedNodes();
    private SpokenNode server;
    private LocalContainer container;
    private NodesAndDatabase nocobase;

    @BeforeAll
    static void startDatabase() throws IOException {
        database = RecordedDatabase.start();
    }

    @AfterAll
    static void stopDatabase() throws IOException {
        database.close();
    }

    @BeforeEach
    void aReadyNode() throws Exception {
        server = SpokenNode.ready("2.2.15");
        server.plugins("users");
        runtime.nodes(node(0));
        container = new LocalContainer(root);
        container.yarn("while [ ! -e " + root + "/go ]; do sleep 0.05; done");
        container.file("app/nocobase/node_modules/@nocobase/plugin-map/package.json", "{}");
        container.file("app/nocobase/node_modules/@nocobase/plugin-embed/package.json", "{}");
        nocobase = engine("https://packages.example.com/npm");
        database.holds(VERSION);
    }

    @AfterEach
    void letGo() {
        go();
        server.close();
    }

    @Test
    void one_command_runs_however_often_and_by_whom_it_is_asked_for() throws SQLException {
        assertThat(change(PluginChange.enable("map"))).isInstanceOf(Progress.Pending.class);
        awaitCalls(1);
        server.health(503, "{\"error\":{\"code\":\"APP_COMMANDING\",\"message\":\"load plugin [users], 46/77\"}}");
        assertThat(engine(null).change(node(0), PluginChange.enable("map")))
                .isEqualTo(Progress.pending("app-1: enable map: load plugin [users], 46/77"));
        assertThat(engine(null).change(node(0), PluginChange.enable("embed")))
                .as("another change waits for its turn")
                .isEqualTo(Progress.pending("app-1: enable map: load plugin [users], 46/77"));
        server.health(200, "ok");
        enabled("map");
        go();
        Plugin map = done(() -> change(PluginChange.enable("map")));
        assertThat(map).isEqualTo(new Plugin("map", "@nocobase/plugin-map", "2.2.15", true, true, false));
        assertThat(done(() -> change(PluginChange.enable("map")))).isEqualTo(map);
        assertThat(container.calls()).containsExactly("-s nocobase pm enable map");
    }

    @Test
    void a_command_is_known_again_by_an_engine_that_speaks_another_language() throws SQLException {
        change(PluginChange.enable("map"));
        awaitCalls(1);
        Language.speak(Language.PORTUGUESE);
        try {
            assertThat(engine(null).change(node(0), PluginChange.enable("map")))
                    .isEqualTo(Progress.pending("app-1: habilitar map"));
            enabled("map");
            go();
            done(() -> change(PluginChange.enable("map")));
        } finally {
            Language.speak(Language.ENGLISH);
        }
        assertThat(container.calls()).containsExactly("-s nocobase pm enable map");
    }

    /** Such as when its database was away just then: the command may wait for it for ever. */
    @Test
    void an_application_that_broke_meanwhile_is_told_while_the_command_runs() throws SQLException {
        change(PluginChange.enable("map"));
        awaitCalls(1);
        server.health(503, "{\"error\":{\"code\":\"APP_ERROR\",\"message\":\"Connection terminated\"}}");
        Failure failure = failed(() -> change(PluginChange.enable("map")));
        assertThat(failure.what())
                .isEqualTo(
                        "NocoBase on node app-1 reports APP_ERROR since it was told to enable map: Connection terminated");
        assertThat(failure.remedy()).contains("docker restart app-1");

        server.health(200, "ok");
        go();
        assertThat(failed(() -> change(PluginChange.enable("map"))).what()).contains("its command ended");
    }

    @Test
    void an_exit_code_of_0_proves_nothing() {
        container.yarn("printf '%s\\n' '{\"level\":\"info\",\"message\":\"noise\"}'"
                + " '{\"level\":\"error\",\"message\":\"Cannot find module x\\nRequire stack\"}'; exit 0");
        Failure failure = failed(() -> change(PluginChange.enable("map")));
        assertThat(failure.what()).contains("did not enable map on node app-1", "its command ended");
        assertThat(failure.logTail()).isEqualTo("Cannot find module x");
        failed(() -> change(PluginChange.enable("map")));
        assertThat(container.calls()).as("trying again runs it again").hasSize(2);
    }

    @Test
    void the_node_itself_must_list_what_the_database_says() throws SQLException {
        database.sql(
                "insert into \"applicationPlugins\" values ('map', '@nocobase/plugin-map', '2.2.15', true, true, null)");
        go();
        failed(() -> change(PluginChange.enable("map")));
        Failure failure = failed(() -> nocobase.ensurePlugins(node(0), Set.of("@nocobase/plugin-map")));
        assertThat(failure.what()).contains("map is enabled, but node app-1 does not list it");
    }

    @Test
    void what_is_not_there_is_refused_without_a_command() {
        for (PluginChange change : List.of(
                PluginChange.enable("charts-pro"),
                PluginChange.disable("charts-pro"),
                new PluginChange(Kind.REMOVE, "charts-pro", ""),
                new PluginChange(Kind.UPDATE, HELLO, "storage/uploads/hello-1.2.0.tgz"))) {
            Failure failure = failed(() -> change(change));
            assertThat(failure.what()).contains("has no package for " + change.name());
            assertThat(failure.remedy()).contains("licence key", "upload");
        }
        assertThat(container.calls()).isEmpty();
    }

    @Test
    void required_plugins_are_enabled_together() throws SQLException {
        assertThat(nocobase.ensurePlugins(node(0), Set.of("users", "map", "embed")))
                .isEqualTo(Progress.pending("app-1: enable embed, map"));
        awaitCalls(1);
        enabled("map");
        enabled("embed");
        server.plugins("users", "map", "embed");
        go();
        assertThat(done(() -> nocobase.ensurePlugins(node(0), Set.of("users", "map", "embed"))))
                .hasSize(3);
        assertThat(container.calls()).containsExactly("-s nocobase pm enable embed map");
    }

    @Test
    void missing_required_plugins_are_all_named_before_anything_is_enabled() {
        Failure failure =
                failed(() -> nocobase.ensurePlugins(node(0), Set.of("map", "adapter-redis", "@acme/plugin-lock")));
        assertThat(failure.what()).contains("@acme/plugin-lock, adapter-redis").doesNotContain("map");
        assertThat(container.calls()).isEmpty();
    }

    @Test
    void nothing_required_is_done_at_once() {
        assertThat(done(() -> nocobase.ensurePlugins(node(0), Set.of()))).hasSize(1);
    }

    @Test
    void required_plugins_that_could_not_be_enabled_are_named_with_the_last_words() throws SQLException {
        container.yarn("echo 'error: the licence does not cover embed'");
        Failure failure = failed(() -> nocobase.ensurePlugins(node(0), Set.of("embed")));
        assertThat(failure.what()).contains("did not enable embed");
        assertThat(failure.logTail()).contains("licence does not cover embed");
    }

    /** The file and its size stay the same where a package is replaced by the same version. */
    @Test
    void a_package_is_added_from_a_file_and_proved_by_what_arrived() {
        container.file("app/nocobase/storage/uploads/hello-1.2.0.tgz", "");
        container.yarn(arrival("1.2.0") + "; : > " + root + "/app/nocobase/storage/.upgrading");
        PluginChange add = new PluginChange(Kind.ADD, HELLO, "storage/uploads/hello-1.2.0.tgz");
        Plugin added = done(() -> change(add));
        assertThat(added).isEqualTo(new Plugin(HELLO, HELLO, "1.2.0", false, false, false));
        assertThat(container.calls())
                .containsExactly("-s nocobase pm add " + root + "/app/nocobase/storage/uploads/hello-1.2.0.tgz");
        assertThat(root.resolve("app/nocobase/storage/.upgrading"))
                .as("nodes that start together would all upgrade")
                .doesNotExist();
        assertThat(done(() -> change(add))).isEqualTo(added);
        assertThat(container.calls()).hasSize(1);
    }

    @Test
    void a_package_that_did_not_arrive_is_no_update() throws SQLException {
        container.file("app/nocobase/storage/uploads/hello-1.3.0.tgz", "");
        installedHello("1.2.0");
        container.yarn("echo 'error: not a package'");
        PluginChange update = new PluginChange(Kind.UPDATE, HELLO, "storage/uploads/hello-1.3.0.tgz");
        Failure failure = failed(() -> change(update));
        assertThat(failure.logTail()).contains("not a package");
    }

    @Test
    void an_update_is_proved_by_package_and_database() throws SQLException {
        installedHello("1.2.0");
        container.yarn(arrival("1.3.0") + "; while [ ! -e " + root + "/go ]; do sleep 0.05; done");
        PluginChange update = new PluginChange(Kind.UPDATE, HELLO, HELLO + "@1.3.0");
        change(update);
        awaitCalls(1);
        database.sql("update \"applicationPlugins\" set version = '1.3.0' where name = '" + HELLO + "'");
        go();
        assertThat(done(() -> change(update)).version()).isEqualTo("1.3.0");
        assertThat(container.calls())
                .containsExactly("-s nocobase pm update"
                        + " https://packages.example.com/npm/@acme/plugin-hello/-/plugin-hello-1.3.0.tgz");
    }

    @Test
    void a_new_package_whose_migrations_did_not_run_is_no_update() throws SQLException {
        installedHello("1.2.0");
        container.yarn(arrival("1.3.0"));
        failed(() -> change(new PluginChange(Kind.UPDATE, HELLO, HELLO + "@1.3.0")));
    }

    @Test
    void sources_that_lead_nowhere_are_refused_without_a_command() {
        container.file("app/nocobase/node_modules/@acme/plugin-hello/package.json", "{}");
        PluginChange registry = new PluginChange(Kind.ADD, HELLO, HELLO + "@1.2.0");
        assertThat(failed(() -> engine(null).change(node(0), registry)).remedy())
                .contains("plugin-registry");
        PluginChange file = new PluginChange(Kind.ADD, HELLO, "storage/uploads/hello-1.2.0.tgz");
        assertThat(failed(() -> change(file)).remedy()).contains("docker cp");
        assertThat(container.calls()).isEmpty();
    }

    @Test
    void what_is_removed_is_disabled_first() throws SQLException {
        installedHello("1.2.0");
        server.plugins("users", HELLO);
        PluginChange remove = new PluginChange(Kind.REMOVE, HELLO, "");
        assertThat(change(remove)).isEqualTo(Progress.pending("app-1: disable " + HELLO));
        awaitCalls(1);
        database.sql("update \"applicationPlugins\" set enabled = false where name = '" + HELLO + "'");
        server.plugins("users");
        container.yarn("while [ ! -e " + root + "/remove ]; do sleep 0.05; done; rm -r " + root
                + "/app/nocobase/storage/plugins/" + HELLO + " " + root + "/app/nocobase/node_modules/" + HELLO);
        go();
        await().atMost(PATIENCE).until(() -> {
            change(remove);
            return container.calls().size() == 2;
        });
        database.sql("delete from \"applicationPlugins\" where name = '" + HELLO + "'");
        container.file("remove", "");
        assertThat(done(() -> change(remove)).enabled()).isFalse();
        assertThat(done(() -> change(remove)).enabled()).as("asked again").isFalse();
        assertThat(container.calls())
                .containsExactly("-s nocobase pm disable " + HELLO, "-s nocobase pm remove " + HELLO);
        assertThat(failed(() -> change(PluginChange.disable("charts-pro"))).what())
                .as("a misspelt name after a command that ended well")
                .contains("has no package for charts-pro");
    }

    @Test
    void what_is_built_in_is_neither_disabled_nor_removed() {
        Failure failure = failed(() -> change(PluginChange.disable("@nocobase/plugin-users")));
        assertThat(failure.what()).contains("users is built into NocoBase", "next start would enable it again");
        container.file("app/nocobase/node_modules/@nocobase/plugin-users/package.json", "{}");
        assertThat(failed(() -> change(new PluginChange(Kind.REMOVE, "users", "")))
                        .what())
                .contains("part of the image");
        assertThat(container.calls()).isEmpty();
    }

    @Test
    void what_is_part_of_the_image_is_not_removed() throws SQLException {
        Failure failure = failed(() -> change(new PluginChange(Kind.REMOVE, "map", "")));
        assertThat(failure.what()).contains("part of the image");
        assertThat(failure.remedy()).contains("Disable it instead");
        enabled("map");
        failed(() -> change(new PluginChange(Kind.REMOVE, "map", "")));
        assertThat(container.calls()).as("nor is it disabled for nothing").isEmpty();
    }

    @Test
    void a_command_that_was_killed_fails_and_is_not_awaited_for_ever() throws IOException {
        change(PluginChange.enable("map"));
        awaitCalls(1);
        long pid = Long.parseLong(
                Files.readString(root.resolve("tmp/nocobase-procedures/pid")).strip());
        ProcessHandle.of(pid).orElseThrow().descendants().forEach(ProcessHandle::destroyForcibly);
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        assertThat(failed(() -> change(PluginChange.enable("map"))).what()).contains("did not enable map");
    }

    @Test
    void what_an_earlier_start_of_the_container_left_does_not_count() {
        change(PluginChange.enable("map"));
        awaitCalls(1);
        go();
        runtime.nodes(node(60));
        assertThat(change(PluginChange.enable("map"))).isEqualTo(Progress.pending("app-1: enable map"));
        awaitCalls(2);
    }

    private void installedHello(String version) throws SQLException {
        container.file(
                "app/nocobase/storage/plugins/" + HELLO + "/package.json",
                "{\"name\":\"" + HELLO + "\",\"version\":\"" + version + "\"}");
        container.file("app/nocobase/node_modules/" + HELLO + "/package.json", "{}");
        database.sql("insert into \"applicationPlugins\" values ('" + HELLO + "', '" + HELLO + "', '" + version
                + "', true, true, null)");
        server.plugins("users", HELLO);
    }

    /** As NocoBase does it: the folder is removed, and another one takes its place. */
    private String arrival(String version) {
        String folder = root + "/app/nocobase/storage/plugins/" + HELLO;
        return "mkdir -p " + folder + ".new " + folder + "; echo '{\"name\":\"" + HELLO + "\",\"version\":\"" + version
                + "\"}' > " + folder + ".new/package.json; rm -r " + folder + "; mv " + folder + ".new " + folder;
    }

    private void enabled(String name) throws SQLException {
        database.sql("insert into \"applicationPlugins\" values ('" + name + "', '@nocobase/plugin-" + name
                + "', '2.2.15', true, true, null)");
        server.plugins("users", name);
    }

    private void go() {
        container.file("go", "");
    }

    private void awaitCalls(int count) {
        await().atMost(PATIENCE).until(() -> container.calls().size() == count);
    }

    private Progress<Plugin> change(PluginChange change) {
        return nocobase.change(node(0), change);
    }

    private static <T> T done(Supplier<Progress<T>> call) {
        Progress<T> progress = ended(call);
        assertThat(progress).isInstanceOf(Progress.Done.class);
        return ((Progress.Done<T>) progress).result();
    }

    private static <T> Failure failed(Supplier<Progress<T>> call) {
        Progress<T> progress = ended(call);
        assertThat(progress).isInstanceOf(Progress.Failed.class);
        return ((Progress.Failed<T>) progress).failure();
    }

    private static <T> Progress<T> ended(Supplier<Progress<T>> call) {
        AtomicReference<Progress<T>> last = new AtomicReference<>();
        await().atMost(PATIENCE).until(() -> {
            last.set(call.get());
            return !(last.get() instanceof Progress.Pending);
        });
        return last.get();
    }

    private NodesAndDatabase engine(String registry) {
        return new NodesAndDatabase(database.settings(), registry, runtime, container, Clock.systemUTC());
    }

    private Node node(int startedAt) {
        Instant start = Instant.EPOCH.plusSeconds(startedAt);
        return new Node("app-1", NodeState.RUNNING, "nocobase:2.2.15", VERSION, false, server.url, start);
    }
}
