package nocobase.procedures.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.cluster.Route;
import nocobase.procedures.cluster.Scale;
import nocobase.procedures.cluster.Version;
import org.junit.jupiter.api.Test;

class RehearsalUpgradeTest {

    private static final Version OLD = Version.parse("2.2.15");
    private static final Version GOOD = Version.parse("2.2.16");
    private static final Version BROKEN = Version.parse("2.2.17");

    @Test
    void aGoodUpgradeTakesAsLongAsARealOneAndViolatesNothing() {
        RehearsalScene scene = new RehearsalScene("good");
        Instant begun = scene.clock.instant();
        scene.prepare(GOOD);
        scene.startFirst(GOOD);
        scene.until(() -> scene.cluster.restorePoints().secure(scene.operation));
        scene.startOthers(GOOD);
        scene.routeToCluster();
        scene.cluster.runtime().finish(scene.operation);
        scene.cluster.restorePoints().prune(Set.of(scene.operation.value()));

        RehearsalWorld world = scene.world();
        assertThat(world.allReady()).isTrue();
        assertThat(world.databaseVersion()).isEqualTo(GOOD);
        assertThat(world.violations()).isEmpty();
        assertThat(world.texts())
                .containsSubsequence(
                        "pull 2.2.16",
                        "route maintenance",
                        "stop app-1",
                        "clone " + scene.operation,
                        "switch to 2.2.16",
                        "start app-1 2.2.16",
                        "database 2.2.15 -> 2.2.16",
                        "app-1 ready",
                        "start app-2 2.2.16",
                        "app-3 ready",
                        "route app-1, app-2, app-3",
                        "finish");
        assertThat(Duration.between(begun, scene.clock.instant()))
                .isBetween(Duration.ofSeconds(68), Duration.ofSeconds(76));
    }

    @Test
    void theTimeScaleSpeedsEverythingUp() {
        RehearsalScene scene = new RehearsalScene("fast", 3, 4);
        scene.cluster.runtime().pull(GOOD);
        scene.pass(Duration.ofMillis(3700));
        assertThat(scene.cluster.runtime().pull(GOOD)).isInstanceOf(Progress.Pending.class);
        scene.pass(Duration.ofMillis(100));
        assertThat(scene.cluster.runtime().pull(GOOD)).isInstanceOf(Progress.Done.class);
    }

    @Test
    void aPullTellsItsLayers() {
        RehearsalScene scene = new RehearsalScene("layers");
        scene.cluster.runtime().pull(GOOD);
        scene.pass(Duration.ofSeconds(4));
        assertThat(scene.cluster.runtime().pull(GOOD))
                .isEqualTo(Progress.pending("pulling nocobase/nocobase:2.2.16, 3 of 12 layers"));
    }

    @Test
    void aFirstNodeIsUnreachableThenBusyThenReady() {
        RehearsalScene scene = new RehearsalScene("phases");
        scene.prepare(GOOD);
        scene.launchFirst();
        scene.passSeconds(9);
        assertThat(scene.firstReady(GOOD)).isEqualTo(Progress.pending("not answering yet: connection refused"));
        scene.passSeconds(8);
        assertThat(scene.firstReady(GOOD).toString()).contains("load plugin [").contains("/77");
        assertThat(scene.cluster.application().recordedVersion()).contains(OLD);
        scene.passSeconds(7);
        assertThat(scene.firstReady(GOOD)).isInstanceOf(Progress.Done.class);
        assertThat(scene.cluster.application().recordedVersion()).contains(GOOD);
        assertThat(scene.cluster.runtime().logTail("app-1", 2)).endsWith("app has been started");
        assertThat(scene.cluster.runtime().logTail("app-1", 2).lines()).hasSize(2);
    }

    @Test
    void aBrokenUpgradeCanOnlyBeRestored() {
        RehearsalScene scene = new RehearsalScene("broken");
        scene.prepare(BROKEN);
        scene.launchFirst();
        Failure failure = scene.untilFailed(() -> scene.firstReady(BROKEN));
        assertThat(failure.what()).contains("APP_ERROR").contains("migration").contains("2.2.17");
        assertThat(failure.node()).isEqualTo("app-1");
        assertThat(failure.logTail()).contains("users.profileId");

        scene.until(() -> scene.cluster.runtime().scale(Scale.none()));
        scene.cluster.runtime().switchBack(scene.operation);
        scene.launchFirst();
        scene.untilFailed(() -> scene.firstReady(OLD));

        scene.until(() -> scene.cluster.runtime().scale(Scale.none()));
        RestorePoint restored =
                scene.until(() -> scene.cluster.restorePoints().restore(scene.operation.value(), scene.operation));
        assertThat(restored.state()).isEqualTo(RestorePoint.State.CLONED);
        scene.startFirst(OLD);
        scene.startOthers(OLD);
        scene.routeToCluster();
        assertThat(scene.world().violations()).isEmpty();
        assertThat(scene.world().schema()).isEqualTo(OLD);
    }

    @Test
    void aRestoreAfterTheDumpLeavesTheDump() {
        RehearsalScene scene = new RehearsalScene("dumponly");
        scene.prepare(BROKEN);
        assertThat(scene.until(() -> scene.cluster.restorePoints().secure(scene.operation))
                        .state())
                .isEqualTo(RestorePoint.State.VERIFIED);
        RestorePoint point =
                scene.until(() -> scene.cluster.restorePoints().restore(scene.operation.value(), scene.operation));
        assertThat(point.state()).isEqualTo(RestorePoint.State.DUMP_ONLY);
        assertThat(scene.cluster.restorePoints().find(scene.operation.value())).contains(point);
        assertThat(scene.cluster.restorePoints().list()).containsExactly(point);
    }

    @Test
    void aRepeatedRestoreDoesNotSwapTwice() {
        RehearsalScene scene = new RehearsalScene("once");
        scene.prepare(GOOD);
        for (int i = 0; i < 3; i++) {
            scene.until(() -> scene.cluster.restorePoints().restore(scene.operation.value(), scene.operation));
        }
        assertThat(scene.world().texts())
                .filteredOn(text -> text.startsWith("restore "))
                .hasSize(1);
    }

    @Test
    void anOlderImageOnANewerDatabaseStartsHappilyAndIsAViolation() {
        RehearsalScene scene = new RehearsalScene("older");
        scene.prepare(GOOD);
        scene.startFirst(GOOD);
        scene.until(() -> scene.cluster.runtime().scale(Scale.none()));
        scene.cluster.runtime().switchBack(scene.operation);
        scene.launchFirst();
        scene.passSeconds(30);

        RehearsalWorld world = scene.world();
        assertThat(world.nodes().get(0).phase()).isEqualTo("READY");
        assertThat(world.databaseVersion()).isEqualTo(OLD);
        assertThat(world.schema()).isEqualTo(GOOD);
        assertThat(world.violations()).containsExactly("app-1 2.2.15 was started on a database of version 2.2.16");
    }

    @Test
    void nodesThatUpgradeTogetherRace() {
        RehearsalScene scene = new RehearsalScene("race");
        scene.prepare(GOOD);
        scene.until(() -> scene.cluster.runtime().scale(Scale.all(Set.of())));
        scene.passSeconds(30);
        assertThat(scene.world().nodes().stream().map(RehearsalWorld.NodeView::phase))
                .containsExactly("READY", "ERROR", "ERROR");
        assertThat(scene.untilFailed(() -> scene.ready("app-2", GOOD)).what()).contains("Validation error");
        assertThat(scene.world().violations()).hasSize(2).allMatch(text -> text.contains("raced"));
    }

    @Test
    void aNodeStartedDuringTheCloneFailsIt() {
        RehearsalScene scene = new RehearsalScene("cloning");
        scene.until(() -> scene.cluster.runtime().pull(GOOD));
        scene.suspend();
        scene.cluster.restorePoints().take(scene.operation);
        scene.passSeconds(1);
        scene.rehearsals.startByHand(scene.cluster, "app-2");
        assertThat(scene.untilFailed(() -> scene.cluster.restorePoints().take(scene.operation))
                        .what())
                .contains("app-2");
        assertThat(scene.untilFailed(() -> scene.cluster.restorePoints().take(scene.operation))
                        .what())
                .as("the intruder still runs")
                .contains("app-2");
        scene.until(() -> scene.cluster.runtime().scale(Scale.none()));
        scene.until(() -> scene.cluster.restorePoints().take(scene.operation));
    }

    @Test
    void aSwitchNeedsStoppedNodesAndThePulledImage() {
        RehearsalScene scene = new RehearsalScene("switch");
        assertThatThrownBy(() -> scene.cluster.runtime().switchVersion(GOOD, scene.operation))
                .isInstanceOf(CannotProceedException.class)
                .hasMessageContaining("still run");
        scene.suspend();
        assertThatThrownBy(() -> scene.cluster.runtime().switchVersion(GOOD, scene.operation))
                .isInstanceOf(CannotProceedException.class)
                .hasMessageContaining("not on the host");
        assertThat(scene.world().nodes()).allMatch(node -> node.version().equals(OLD));
    }

    @Test
    void aNodeStoppedUnderItsClientsIsAViolation() {
        RehearsalScene scene = new RehearsalScene("clients");
        scene.until(() -> scene.cluster.runtime().scale(Scale.first()));
        assertThat(scene.world().violations())
                .containsExactly(
                        "app-2 was stopped while clients were routed to it",
                        "app-3 was stopped while clients were routed to it");
    }

    @Test
    void clientsLetInBeforeTheDumpIsVerifiedAreAViolation() {
        RehearsalScene scene = new RehearsalScene("early");
        scene.prepare(GOOD);
        scene.startFirst(GOOD);
        scene.startOthers(GOOD);
        scene.routeToCluster();
        assertThat(scene.world().violations()).hasSize(1).first().asString().contains("durable copy");
    }

    @Test
    void theWorldOutlivesTheEngine() {
        RehearsalScene scene = new RehearsalScene("outlives");
        scene.prepare(GOOD);
        scene.launchFirst();
        RehearsalClusters restarted = new RehearsalClusters(RehearsalScene.database(), scene.clock);
        var again = restarted.create("outlives", scene.cluster.settings());
        scene.passSeconds(24);
        var node = again.runtime().observe().first();
        assertThat(again.application().ready(node, GOOD)).isInstanceOf(Progress.Done.class);
        assertThat(again.restorePoints().find(scene.operation.value())).isPresent();
    }

    @Test
    void aClusterWithoutNodesFailsItsPreconditions() {
        RehearsalScene scene = new RehearsalScene("empty", 0, 1);
        assertThat(scene.cluster.runtime().check(GOOD))
                .filteredOn(check -> check.result() == Check.Result.FAIL)
                .extracting(Check::name)
                .containsExactly("Nodes");
        assertThatThrownBy(() -> scene.cluster.runtime().scale(Scale.first()))
                .isInstanceOf(CannotProceedException.class);
    }

    @Test
    void allPreconditionsOfAGoodUpgradePass() {
        RehearsalScene scene = new RehearsalScene("checks");
        assertThat(allChecks(scene, GOOD)).isNotEmpty().allMatch(check -> check.result() == Check.Result.PASS);
        assertThat(allChecks(scene, null)).isNotEmpty().allMatch(check -> check.result() == Check.Result.PASS);
        assertThat(allChecks(scene, OLD)).anyMatch(check -> check.result() == Check.Result.FAIL);
        assertThat(allChecks(scene, Version.parse("2.1.16"))).anyMatch(check -> check.result() == Check.Result.FAIL);
        assertThat(allChecks(scene, Version.parse("2.2.90"))).anyMatch(check -> check.result() == Check.Result.FAIL);
    }

    private static List<Check> allChecks(RehearsalScene scene, Version target) {
        List<Check> checks = new java.util.ArrayList<>(scene.cluster.runtime().check(target));
        checks.addAll(scene.cluster.balancer().check(List.of()));
        checks.addAll(scene.cluster.restorePoints().check());
        checks.addAll(scene.cluster.application().check(target));
        return checks;
    }

    @Test
    void retentionKeepsTheNewestTheProtectedAndTheLastGoodOne() {
        RehearsalScene scene = new RehearsalScene("retention");
        scene.suspend();
        List<String> ids = new java.util.ArrayList<>();
        for (int i = 0; i < 5; i++) {
            var operation = nocobase.procedures.cluster.OperationId.next("retention");
            scene.until(() -> scene.cluster.restorePoints().take(operation));
            ids.add(operation.value());
        }
        scene.cluster.restorePoints().prune(Set.of(ids.get(0)));
        assertThat(scene.cluster.restorePoints().list())
                .extracting(RestorePoint::id)
                .containsExactly(ids.get(4), ids.get(3), ids.get(2), ids.get(0));
    }

    @Test
    void theOnlyCopyIsNotDropped() {
        RehearsalScene scene = new RehearsalScene("onlycopy");
        scene.prepare(GOOD);
        scene.until(() -> scene.cluster.restorePoints().dropClone(scene.operation));
        assertThat(scene.cluster
                        .restorePoints()
                        .find(scene.operation.value())
                        .orElseThrow()
                        .state())
                .isEqualTo(RestorePoint.State.CLONED);
        scene.until(() -> scene.cluster.restorePoints().secure(scene.operation));
        scene.cluster.restorePoints().dropClone(scene.operation);
        assertThat(scene.cluster
                        .restorePoints()
                        .find(scene.operation.value())
                        .orElseThrow()
                        .state())
                .isEqualTo(RestorePoint.State.DUMP_ONLY);
    }

    @Test
    void aFirstStartInstalls() {
        RehearsalScene scene = new RehearsalScene("install");
        scene.rehearsals.resetToNeverStarted(scene.cluster);
        assertThat(scene.cluster.application().recordedVersion()).isEmpty();
        scene.startFirst(OLD);
        scene.until(() -> scene.cluster.runtime().scale(Scale.none()));
        scene.startFirst(OLD);
        scene.startOthers(OLD);
        scene.routeToCluster();
        assertThat(scene.world().violations()).isEmpty();
        assertThat(scene.world().databaseVersion()).isEqualTo(OLD);
    }

    @Test
    void enginesWorkOnOneWorldTogether() throws Exception {
        RehearsalScene scene = new RehearsalScene("together");
        scene.cluster.balancer().route(Route.Maintenance.closed(scene.operation, scene.clock.instant()));
        try (var pool = new ClosingPool(4)) {
            for (int i = 0; i < 40; i++) {
                pool.submit(() -> scene.cluster.runtime().scale(Scale.none()));
            }
        }
        assertThat(scene.world().texts())
                .filteredOn(text -> text.startsWith("stop "))
                .hasSize(3);
    }
}
