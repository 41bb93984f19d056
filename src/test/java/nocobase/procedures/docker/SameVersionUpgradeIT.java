package nocobase.procedures.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import nocobase.procedures.Requires;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Scale;
import nocobase.procedures.cluster.Version;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node is told of the upgrade at its start, and that nothing of it stays. */
@Requires("docker")
class SameVersionUpgradeIT {

    private static final String OWNERS = "APP_ENV=production\nINIT_LANG=en-US";
    private static final String SWITCH = "\nSKIP_SAME_VERSION_UPGRADE=true\n";

    @TempDir
    private Path directory;

    private DockerScene scene;
    private DockerCluster host;

    @BeforeEach
    void threeNodes() {
        scene = DockerRuntimeIT.nodes(3)
                .environment(3, "SKIP_SAME_VERSION_UPGRADE", "false")
                .start();
        host = DockerRuntimeIT.host(scene);
        scene.nodes().forEach(node -> DockerScene.copy(node, "/app/nocobase", ".env", OWNERS));
    }

    @AfterEach
    void removeAll() {
        host.close();
        scene.close();
    }

    @Test
    void theFirstNodeUpgradesAndTheOthersJoin() {
        DockerRuntimeIT.reach(host, Scale.first());
        assertThat(contents()).containsOnly(OWNERS);
        exec(scene.node(1), "chown 1000:1001 /app/nocobase/.env && chmod 640 /app/nocobase/.env");

        DockerRuntimeIT.reach(host, Scale.all(Set.of()));
        assertThat(content(1)).isEqualTo(OWNERS);
        assertThat(content(2))
                .startsWith("# nocobase-cluster-procedures: joins")
                .contains(SWITCH)
                .endsWith(OWNERS);
        assertThat(content(3)).as("its owner decided").isEqualTo(OWNERS);
        exec(scene.node(2), "chown 1000:1001 /app/nocobase/.env && chmod 640 /app/nocobase/.env");

        host.runtime().finish(OperationId.next(scene.name()));
        assertThat(contents()).containsOnly(OWNERS);
        assertThat(exec(scene.node(2), "stat -c '%a %u %g' /app/nocobase/.env").strip())
                .isEqualTo("640 1000 1001");
    }

    /** Clients are served: nothing may upgrade their database. */
    @Test
    void theFirstNodeJoinsWhereOthersRun() {
        DockerRuntimeIT.reach(host, Scale.all(Set.of(scene.node(1))));
        assertThat(content(1)).isEqualTo(OWNERS);
        DockerRuntimeIT.reach(host, Scale.all(Set.of()));
        assertThat(content(1))
                .startsWith("# nocobase-cluster-procedures: joins")
                .contains(SWITCH);
    }

    /** The one that joined is the first of what is left: whoever is the first upgrades. */
    @Test
    void aNodeThatBecomesTheFirstUpgrades() {
        DockerRuntimeIT.reach(host, Scale.all(Set.of()));
        assertThat(content(2)).contains(SWITCH);
        DockerRuntimeIT.reach(host, Scale.none());
        DockerScene.docker().removeContainerCmd(scene.node(1)).exec();

        DockerRuntimeIT.reach(host, Scale.first());
        assertThat(content(2)).isEqualTo(OWNERS);
    }

    @Test
    void whatComesBackToTheDatabaseThatItLeftNeedsNoUpgrade() {
        OperationId operation = OperationId.next(scene.name());
        host.runtime().switchVersion(Version.parse("2.2.16"), operation);
        host.runtime().switchBack(operation);
        DockerRuntimeIT.reach(host, Scale.first());
        assertThat(content(1))
                .startsWith("# nocobase-cluster-procedures: returns")
                .contains(SWITCH)
                .endsWith(OWNERS);
        DockerRuntimeIT.reach(host, Scale.all(Set.of()));
        assertThat(content(2))
                .startsWith("# nocobase-cluster-procedures: returns")
                .containsOnlyOnce(SWITCH);

        host.runtime().finish(operation);
        assertThat(contents()).containsOnly(OWNERS);
    }

    /** A container that was just made has no file of variables yet. */
    @Test
    void aNewNodeThatJoinsIsToldAndNothingOfItStays() {
        OperationId operation = OperationId.next(scene.name());
        host.runtime().switchVersion(Version.parse("2.2.16"), operation);
        DockerRuntimeIT.reach(host, Scale.first());
        DockerRuntimeIT.reach(host, Scale.all(Set.of()));
        assertThat(yarns(1)).isNull();
        assertThat(yarns(2)).contains("joins", "SKIP_SAME_VERSION_UPGRADE \"true\"");
        assertThat(yarns(3)).as("its owner decided").isNull();

        host.runtime().finish(operation);
        assertThat(yarns(2)).isEmpty();
        assertThat(scene.inspect(scene.node(2)).getConfig().getEnv())
                .noneMatch(variable -> variable.startsWith("SKIP_SAME_VERSION_UPGRADE"));
    }

    private String yarns(int node) {
        byte[] content = host.containers().read(scene.node(node), "/app/.yarnrc");
        return content == null ? null : new String(content, StandardCharsets.UTF_8);
    }

    /** Other nodes may have the same one. */
    @Test
    void aFileOfTheHostIsLeftAlone() throws IOException {
        Path file = Files.writeString(directory.resolve("environment"), OWNERS);
        try (DockerScene mounted = DockerRuntimeIT.nodes(2)
                        .mount(file + ":/app/nocobase/.env")
                        .start();
                DockerCluster other = DockerRuntimeIT.host(mounted)) {
            DockerRuntimeIT.reach(other, Scale.all(Set.of()));
            assertThat(file).hasContent(OWNERS);
            other.runtime().finish(OperationId.next(mounted.name()));
            assertThat(file).hasContent(OWNERS);
        }
    }

    /** Into what it points to nothing is written, and it stays a link. */
    @Test
    void aLinkIsLeftAlone() {
        DockerRuntimeIT.reach(host, Scale.all(Set.of()));
        exec(scene.node(2), "cd /app/nocobase && mv .env storage/variables && ln -s storage/variables .env");
        String before = exec(scene.node(2), "cat /app/nocobase/storage/variables");
        DockerRuntimeIT.reach(host, Scale.none());
        host.runtime().finish(OperationId.next(scene.name()));
        DockerRuntimeIT.reach(host, Scale.all(Set.of()));
        assertThat(exec(scene.node(2), "readlink /app/nocobase/.env").strip()).isEqualTo("storage/variables");
        assertThat(exec(scene.node(2), "cat /app/nocobase/storage/variables")).isEqualTo(before);
    }

    @Test
    void aContainerWithoutThatFileStartsAllTheSame() {
        DockerRuntimeIT.reach(host, Scale.first());
        exec(scene.node(1), "rm /app/nocobase/.env");
        DockerRuntimeIT.reach(host, Scale.none());
        OperationId operation = OperationId.next(scene.name());
        host.runtime().switchVersion(Version.parse("2.2.16"), operation);
        host.runtime().switchBack(operation);

        DockerRuntimeIT.reach(host, Scale.first());
        host.runtime().finish(operation);
        assertThat(content(1)).isNull();
    }

    private List<String> contents() {
        return List.of(content(1), content(2), content(3));
    }

    private String content(int node) {
        byte[] content = host.containers().read(scene.node(node), "/app/nocobase/.env");
        return content == null ? null : new String(content, StandardCharsets.UTF_8);
    }

    private String exec(String container, String script) {
        var result = host.containers().exec(container, List.of("sh", "-c", script), Duration.ofSeconds(10));
        assertThat(result.exitCode()).as(result.output()).isZero();
        return result.output();
    }
}
