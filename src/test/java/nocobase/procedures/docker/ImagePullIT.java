package nocobase.procedures.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.exception.NotFoundException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nocobase.procedures.Requires;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.Image;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Version;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pulling through the real engine from a registry of the test's own. */
@Requires("docker")
class ImagePullIT {

    private final List<String> pulled = new ArrayList<>();
    private DockerScene scene;
    private TinyRegistry registry;
    private DockerCluster host;

    @BeforeEach
    void registry() throws Exception {
        scene = DockerRuntimeIT.nodes(1).start();
        registry = new TinyRegistry();
        host = host(registry.repository());
    }

    @AfterEach
    void removeAll() throws Exception {
        host.close();
        registry.close();
        scene.close();
        pulled.forEach(image -> {
            try {
                DockerScene.docker().removeImageCmd(image).exec();
            } catch (NotFoundException e) {
                // was not pulled
            }
        });
    }

    @Test
    void pullsWithProgressAndReadsTheVersionFromThePackage() {
        registry.publish("2.3.0", "2.3.1", "amd64", 5_000_000);
        registry.slow(1500);
        pulled.add(registry.repository() + ":2.3.0");
        Version version = Version.parse("2.3.0");
        assertThat(check(version)).satisfies(check -> {
            assertThat(check.result()).isEqualTo(Check.Result.PASS);
            assertThat(check.finding()).contains("is in its registry");
        });

        List<String> texts = new ArrayList<>();
        Progress<Image> progress = Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(50))
                .until(
                        () -> {
                            Progress<Image> now = host.runtime().pull(version);
                            if (now instanceof Progress.Pending<Image> pending) {
                                texts.add(pending.text());
                            }
                            return now;
                        },
                        it -> !(it instanceof Progress.Pending));
        assertThat(texts).anyMatch(text -> text.matches("Pulling .*:2\\.3\\.0: \\d of 5 MB"));
        assertThat(progress).isInstanceOfSatisfying(Progress.Done.class, done -> {
            Image image = (Image) done.result();
            assertThat(image.packageVersion()).isEqualTo(Version.parse("2.3.1"));
            assertThat(image.id()).startsWith("sha256:");
            assertThat(image.architecture()).isEqualTo("amd64");
            assertThat(image.size()).isGreaterThan(5_000_000);
        });
        // Never believed from the tag.
        assertThat(check(version)).satisfies(check -> {
            assertThat(check.result()).isEqualTo(Check.Result.FAIL);
            assertThat(check.finding()).contains("contains NocoBase 2.3.1, not 2.3.0");
            assertThat(check.remedy()).contains("or choose version 2.3.1");
        });
        assertThat(scene.containers()).as("the probe is removed").hasSize(1);
    }

    @Test
    void saysThatAnImageDoesNotExist() {
        Version version = Version.parse("9.9.9");
        assertThat(failure(host, version).what())
                .startsWith("Image " + registry.repository() + ":9.9.9 does not exist");
        assertThat(check(version).result()).isEqualTo(Check.Result.FAIL);
        assertThat(check(version).remedy()).contains("Check the version, and procedures.clusters.<name>.nodes.image");
    }

    @Test
    void saysThatTheRegistryCannotBeReached() throws Exception {
        registry.close();
        Failure failure = failure(host, Version.parse("2.3.0"));
        assertThat(failure.what()).contains("could not be pulled").contains("connection refused");
        assertThat(failure.remedy()).contains("reaches the registry");
        assertThat(check(Version.parse("2.3.0"))).satisfies(check -> {
            assertThat(check.result()).isEqualTo(Check.Result.WARN);
            assertThat(check.remedy()).contains("pulled before the downtime");
        });
    }

    @Test
    void refusesAnImageForAnotherMachineAndOneWithoutNocoBase() {
        registry.publish("2.3.2", "2.3.2", "s390x", 10);
        registry.publish("2.3.3", null, "amd64", 10);
        pulled.add(registry.repository() + ":2.3.2");
        pulled.add(registry.repository() + ":2.3.3");
        assertThat(check(Version.parse("2.3.2"))).satisfies(check -> {
            assertThat(check.result()).isEqualTo(Check.Result.FAIL);
            assertThat(check.finding()).contains("is not built for this host (amd64)");
            assertThat(check.remedy()).contains("Choose a version that is built for amd64");
        });
        assertThat(failure(host, Version.parse("2.3.2")).what()).contains("is for s390x, but the host is amd64");
        assertThat(failure(host, Version.parse("2.3.3")).what()).contains("contains no NocoBase");
        assertThat(check(Version.parse("2.3.2")).remedy()).contains("provide the one for amd64");
        assertThat(check(Version.parse("2.3.3")).remedy()).contains("Correct procedures.clusters.<name>.nodes.image");
    }

    @Test
    void takesAnImageThatIsHereWithoutAskingARegistry() {
        try (DockerCluster local = host(DockerScene.STAND_IN)) {
            assertThat(local.runtime().pull(Version.parse("2.2.16")))
                    .isInstanceOfSatisfying(
                            Progress.Done.class,
                            done -> assertThat(((Image) done.result()).packageVersion())
                                    .isEqualTo(Version.parse("2.2.16")));
        }
    }

    private DockerCluster host(String repository) {
        return DockerRuntimeIT.host(scene, Map.of("nodes.image", repository + ":{version}"));
    }

    private Check check(Version version) {
        return host.runtime().check(version).stream()
                .filter(check -> check.name().equals("Target image"))
                .findFirst()
                .orElseThrow();
    }

    private static Failure failure(DockerCluster host, Version version) {
        Progress<Image> progress = Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> host.runtime().pull(version), it -> !(it instanceof Progress.Pending));
        assertThat(progress).isInstanceOf(Progress.Failed.class);
        return ((Progress.Failed<Image>) progress).failure();
    }
}
