package nocobase.procedures.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nocobase.procedures.Requires;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Check.Result;
import nocobase.procedures.cluster.ClusterSettings;
import nocobase.procedures.cluster.Scale;
import nocobase.procedures.cluster.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Requires("docker")
class RuntimeChecksIT {

    private static final Version TARGET = Version.parse("2.2.16");

    @Test
    void passesARunningClusterAndChangesNothing() {
        try (DockerScene scene = DockerRuntimeIT.nodes(2).init(1).init(2).start();
                DockerCluster host = DockerRuntimeIT.host(scene)) {
            DockerRuntimeIT.reach(host, Scale.all(Set.of()));
            DockerRuntimeIT.awaitApplications(scene, 2);
            List<Check> checks = host.runtime().check(TARGET);
            assertThat(checks)
                    .extracting(Check::name)
                    .contains(
                            "Docker engine",
                            "Clocks",
                            "Graceful stop",
                            "Target image",
                            "Disk space for containers and image");
            assertThat(checks)
                    .allSatisfy(check ->
                            assertThat(check.result()).as(check.toString()).isEqualTo(Result.PASS));
            DockerRuntimeIT.awaitApplications(scene, 2);
            assertThat(scene.containers()).hasSize(2);
            assertThat(host.runtime().check(null))
                    .noneMatch(check -> check.name().equals("Target image"));
        }
    }

    @Test
    void provesTheStorageOfNodesThatDoNotRunAndLeavesNothingBehind() {
        try (DockerScene scene = DockerRuntimeIT.nodes(2).init(1).init(2).start();
                DockerCluster host = DockerRuntimeIT.host(scene)) {
            assertThat(host.runtime().checkFirstStart())
                    .allSatisfy(check ->
                            assertThat(check.result()).as(check.toString()).isEqualTo(Result.PASS))
                    .extracting(Check::name)
                    .contains("APP_KEY", "No node is running", "Shared storage, proven");
            assertThat(scene.containers()).as("no job is left").hasSize(2);
            scene.startNode(1);
            assertThat(host.containers()
                            .exec(scene.node(1), List.of("ls", "-A", "/app/nocobase/storage"), Duration.ofSeconds(10))
                            .output())
                    .doesNotContain("storage-proof");
            assertThat(host.runtime().checkFirstStart())
                    .filteredOn(check -> check.result() != Result.PASS)
                    .filteredOn(check -> check.name().equals("No node is running"))
                    .singleElement()
                    .satisfies(check -> assertThat(check.finding()).contains(scene.node(1)));
        }
    }

    /** Two names for one directory are one storage, as with network storage: only the files tell. */
    @Test
    void seesThatANodeHasAStorageOfItsOwn() {
        try (DockerScene scene = DockerRuntimeIT.nodes(3)
                        .storage(2, "other-storage")
                        .environment("APP_KEY", "your-secret-key")
                        .start();
                DockerCluster host = DockerRuntimeIT.host(scene)) {
            List<Check> checks = host.runtime().checkFirstStart();
            assertThat(checks)
                    .filteredOn(check -> check.name().equals("Shared storage, proven"))
                    .singleElement()
                    .satisfies(check -> {
                        assertThat(check.result()).isEqualTo(Result.FAIL);
                        assertThat(check.finding())
                                .contains(scene.node(2))
                                .contains(scene.node(1) + " does not see the files")
                                .doesNotContain(scene.node(3));
                        assertThat(check.remedy()).contains("/app/nocobase/storage");
                    });
            assertThat(checks).anyMatch(check -> check.name().equals("APP_KEY") && check.result() == Result.FAIL);
            assertThat(checks.toString()).doesNotContain("your-secret-key");
            assertThat(scene.containers()).hasSize(3);
        }
    }

    /** A directory and a link to it, as one network storage that each node has under a path of its own. */
    @Test
    void takesOneStorageUnderTwoNamesForOne(@TempDir Path directory) throws IOException {
        Path storage = Files.createDirectory(directory.resolve("storage"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), storage);
        try (DockerScene scene = DockerRuntimeIT.nodes(2)
                        .storage(1, storage.toString())
                        .storage(2, link.toString())
                        .start();
                DockerCluster host = DockerRuntimeIT.host(scene)) {
            assertThat(storage(host)).extracting(Check::result).isEqualTo(Result.PASS);
            assertThat(storage).isEmptyDirectory();
        }
        try (DockerScene scene =
                        DockerRuntimeIT.nodes(2).storage(2, "other-storage").start();
                DockerCluster host = DockerRuntimeIT.host(scene)) {
            assertThat(storage(host)).extracting(Check::result).isEqualTo(Result.FAIL);
        }
    }

    private static Check storage(DockerCluster host) {
        return host.runtime().check(TARGET).stream()
                .filter(check -> check.name().startsWith("Shared storage"))
                .reduce((one, other) -> {
                    throw new AssertionError(one + " and " + other);
                })
                .orElseThrow();
    }

    /** A file system that takes no files stands for one that is full, read-only or of somebody else. */
    @Test
    void seesThatTheStorageCannotBeWritten() {
        try (DockerScene scene =
                        DockerRuntimeIT.nodes(1).storage(1, "/proc/sys").start();
                DockerCluster host = DockerRuntimeIT.host(scene)) {
            assertThat(host.runtime().checkFirstStart())
                    .filteredOn(check -> check.name().equals("Shared storage, proven"))
                    .singleElement()
                    .satisfies(check -> {
                        assertThat(check.result()).isEqualTo(Result.FAIL);
                        assertThat(check.finding()).contains(scene.node(1), "can't be written");
                        assertThat(check.remedy()).contains("writable", "free space on its disk");
                    });
            assertThat(scene.containers()).hasSize(1);
        }
    }

    @Test
    void doesNotTellTheAppKey() {
        try (DockerScene scene = DockerRuntimeIT.nodes(2)
                        .environment(2, "APP_KEY", "another-secret-key")
                        .start();
                DockerCluster host = DockerRuntimeIT.host(scene)) {
            List<Check> checks = host.runtime().check(null);
            assertThat(checks)
                    .anyMatch(check ->
                            check.result() == Result.FAIL && check.finding().contains("APP_KEY on " + scene.node(2)));
            assertThat(checks.toString()).doesNotContain("another-secret-key").doesNotContain(DockerScene.APP_KEY);
        }
    }

    @Test
    void measuresTheClocks() {
        try (DockerScene scene = DockerRuntimeIT.nodes(1).start()) {
            assertThat(clocks(scene, Duration.ZERO).result()).isEqualTo(Result.PASS);
            Check warned = clocks(scene, Duration.ofSeconds(20));
            assertThat(warned.result()).isEqualTo(Result.WARN);
            Check refused = clocks(scene, Duration.ofSeconds(-90));
            assertThat(refused.result()).isEqualTo(Result.FAIL);
            assertThat(List.of(warned, refused))
                    .allSatisfy(check -> assertThat(check.remedy()).contains("Synchronize the clocks"));
        }
    }

    @Test
    void saysThatTheEngineCannotBeReached() {
        try (DockerScene scene = DockerRuntimeIT.nodes(1).start();
                DockerCluster host =
                        DockerRuntimeIT.host(scene, Map.of("docker.host", "unix:///no/such/docker.sock"))) {
            assertThat(host.runtime().check(TARGET)).singleElement().satisfies(check -> {
                assertThat(check.result()).isEqualTo(Result.FAIL);
                assertThat(check.finding()).contains("unix:///no/such/docker.sock can't be reached");
                assertThat(check.remedy()).contains("Start the engine, or correct procedures.clusters.<name>.docker");
            });
        }
    }

    private static Check clocks(DockerScene scene, Duration ahead) {
        ClusterSettings settings = scene.settings();
        Clock clock = Clock.offset(Clock.systemUTC(), ahead);
        try (DockerCluster host = new DockerCluster(scene.name(), settings, clock)) {
            return host.runtime().check(null).stream()
                    .filter(check -> check.name().equals("Clocks"))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
