package nocobase.procedures.application;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import nocobase.procedures.Requires;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.NocoBase.Readiness;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.NodeState;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.docker.DockerScene;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The gate before a node that starts: first a stand-in, then the real NocoBase. */
class ReadinessGateIT {

    private final ObservedNodes runtime = new ObservedNodes();

    @Test
    @Requires("docker")
    void aStandInBecomesReady() {
        try (DockerScene scene = DockerScene.of(1).start()) {
            install(scene, "2.2.15", Duration.ofSeconds(60));
        }
    }

    @Test
    @Requires("docker")
    void aStandInWhoseUpgradeBreaksIsFoundWithinASecond() {
        try (DockerScene scene =
                DockerScene.of(1).image(DockerScene.STAND_IN, "2.2.17").start()) {
            scene.sql("create table \"applicationVersion\" (id bigserial primary key, value varchar(255))");
            scene.sql("insert into \"applicationVersion\" (value) values ('2.2.15')");
            scene.sql("create table migrations (name varchar(255) primary key)");
            scene.sql("create table records (id bigserial primary key, body text)");
            broken(scene, "2.2.17", Duration.ofSeconds(60));
        }
    }

    /** 2.2.15 is the real NocoBase from the npm registry. */
    @Test
    @Requires("nocobase")
    void theRealNocoBaseBecomesReadyAndPassesThePreconditions() {
        try (DockerScene scene =
                DockerScene.of(1).image("local/nocobase", "2.2.15").start()) {
            install(scene, "2.2.15", Duration.ofSeconds(240));
            List<Check> checks = nocobase(scene).check(Version.parse("2.2.16"));
            assertThat(checks).extracting(Check::result).containsOnly(Check.Result.PASS);
            assertThat(nocobase(scene).check(Version.parse("2.2.14")))
                    .extracting(Check::result)
                    .contains(Check.Result.FAIL);
        }
    }

    private void install(DockerScene scene, String version, Duration limit) {
        NodesAndDatabase nocobase = nocobase(scene);
        assertThat(nocobase.recordedVersion()).isEmpty();
        scene.startNode(1);
        List<String> seen = new ArrayList<>();
        Awaitility.await().atMost(limit).pollInterval(Duration.ofMillis(250)).until(() -> {
            Progress<Readiness> progress = nocobase.ready(observe(scene), Version.parse(version));
            if (progress instanceof Progress.Pending<Readiness> pending) {
                seen.add(pending.text());
            }
            assertThat(progress).isNotInstanceOf(Progress.Failed.class);
            return progress instanceof Progress.Done<Readiness> done
                    && done.result().plugins() > 0;
        });
        System.out.println(seen.stream().distinct().toList());
        assertThat(seen).anyMatch(text -> text.startsWith("not answering yet"));
        assertThat(nocobase.recordedVersion()).contains(Version.parse(version));
    }

    private void broken(DockerScene scene, String version, Duration limit) {
        NodesAndDatabase nocobase = nocobase(scene);
        runtime.log("its log");
        scene.startNode(1);
        Awaitility.await().atMost(limit).pollInterval(Duration.ofMillis(250)).until(() -> {
            Progress<Readiness> progress = nocobase.ready(observe(scene), Version.parse(version));
            assertThat(progress).isNotInstanceOf(Progress.Done.class);
            return progress instanceof Progress.Failed<Readiness> failed
                    && failed.failure().what().contains("APP_ERROR")
                    && failed.failure().logTail().equals("its log");
        });
    }

    private NodesAndDatabase nocobase(DockerScene scene) {
        return new NodesAndDatabase(scene.settings().database(), runtime, Clock.systemUTC());
    }

    private Node observe(DockerScene scene) {
        boolean running =
                Boolean.TRUE.equals(scene.inspect(scene.node(1)).getState().getRunning());
        Node node = new Node(
                scene.node(1),
                running ? NodeState.RUNNING : NodeState.STOPPED,
                "any",
                null,
                false,
                running ? scene.nodeUrl(1) : null,
                Instant.EPOCH);
        runtime.nodes(node);
        return node;
    }
}
