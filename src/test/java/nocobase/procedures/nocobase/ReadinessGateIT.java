package nocobase.procedures.nocobase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import nocobase.procedures.Requires;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.ClusterRuntime;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.NocoBase;
import nocobase.procedures.cluster.NocoBase.Readiness;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.docker.DockerCluster;
import nocobase.procedures.docker.DockerScene;
import org.junit.jupiter.api.Test;

/** The gate before a node that starts: stand-ins with their faults. The real one is in {@link RealNocoBasePluginsIT}. */
class ReadinessGateIT {

    @Test
    @Requires("docker")
    void aStandInBecomesReady() {
        Version version = Version.parse("2.2.15");
        try (DockerScene scene = DockerScene.of(1)
                        .image(DockerScene.STAND_IN, version.toString())
                        // So slow that a busy machine sees each of its words, too.
                        .environment("STAND_IN_START_SECONDS", "10")
                        .start();
                DockerCluster host = new DockerCluster(scene.name(), scene.settings(), Clock.systemUTC())) {
            NocoBase nocobase = nocobase(scene, host.runtime());
            assertThat(nocobase.recordedVersion()).isEmpty();
            scene.startNode(1);
            List<String> seen = new ArrayList<>();
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(250))
                    .until(() -> {
                        Progress<Readiness> progress = look(nocobase, host.runtime(), version);
                        assertThat(progress).isNotInstanceOf(Progress.Failed.class);
                        if (progress instanceof Progress.Pending<Readiness> pending) {
                            seen.add(pending.text());
                        }
                        return progress instanceof Progress.Done<Readiness> done
                                && done.result().plugins().size() > 0;
                    });
            assertThat(seen)
                    .anyMatch(text -> text.startsWith("not answering yet"))
                    .anyMatch(text -> text.matches("load plugin \\[.*], \\d+/\\d+"));
            assertThat(nocobase.recordedVersion()).contains(version);
            assertThat(nocobase.check(Version.parse("2.2.16")))
                    .extracting(Check::result)
                    .containsOnly(Check.Result.PASS);
        }
    }

    @Test
    @Requires("docker")
    void aBrokenUpgradeIsToldWithNocoBasesOwnWordsAndLog() {
        Failure failure = fails("2.2.17");
        assertThat(failure.what()).contains("APP_ERROR", "migration 20261101000000-tidy-records failed");
        assertThat(failure.logTail()).contains("tidy-records");
    }

    @Test
    @Requires("docker")
    void aContainerThatEndsAgainAndAgainIsToldWithItsLog() {
        Failure failure = fails("2.2.19");
        assertThat(failure.what()).containsAnyOf("keeps crashing", "is not running any more");
        assertThat(failure.logTail()).contains("Cannot find module '@nocobase/server'");
    }

    private static Failure fails(String version) {
        try (DockerScene scene =
                        DockerScene.of(1).image(DockerScene.STAND_IN, version).start();
                DockerCluster host = new DockerCluster(scene.name(), scene.settings(), Clock.systemUTC())) {
            scene.sql("create table \"applicationVersion\" (id bigserial primary key, value varchar(255))");
            scene.sql("insert into \"applicationVersion\" (value) values ('2.2.15')");
            scene.sql("create table \"applicationPlugins\" (name varchar(255), version varchar(255), enabled boolean,"
                    + " installed boolean, \"builtIn\" boolean)");
            scene.sql("create table migrations (name varchar(255) primary key)");
            scene.sql("create table records (id bigserial primary key, body text)");
            NocoBase nocobase = nocobase(scene, host.runtime());
            scene.startNode(1);
            List<Failure> failures = new ArrayList<>();
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(250))
                    .until(() -> {
                        Progress<Readiness> progress = look(nocobase, host.runtime(), Version.parse(version));
                        assertThat(progress).isNotInstanceOf(Progress.Done.class);
                        if (progress instanceof Progress.Failed<Readiness> failed) {
                            failures.add(failed.failure());
                        }
                        return !failures.isEmpty();
                    });
            assertThat(failures.get(0).node()).isEqualTo(scene.node(1));
            return failures.get(0);
        }
    }

    private static Progress<Readiness> look(NocoBase nocobase, ClusterRuntime runtime, Version version) {
        return nocobase.ready(runtime.observe().first(), version);
    }

    private static NocoBase nocobase(DockerScene scene, ClusterRuntime runtime) {
        return new NocoBaseFactory(Clock.systemUTC()).create(scene.settings(), runtime, null);
    }
}
