package nocobase.procedures.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.MayHealException;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Route;
import nocobase.procedures.cluster.Scale;
import nocobase.procedures.cluster.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each fault to order, as the procedure meets it. */
class RehearsalFaultTest {

    private static final Version OLD = Version.parse("2.2.15");

    private static Version target(RehearsalFault fault) {
        return new Version(2, 2, fault.patch(), "");
    }

    @Test
    void eachFaultHasItsOwnPatchNumberAndLesson() {
        List<Integer> patches = Arrays.stream(RehearsalFault.values())
                .map(RehearsalFault::patch)
                .toList();
        assertThat(patches).doesNotHaveDuplicates().allMatch(patch -> patch > 16 && patch < 90);
        assertThat(RehearsalFault.values()).allMatch(fault -> !fault.lesson().isBlank());
        assertThat(RehearsalFault.of(Version.parse("2.2.16"))).isEmpty();
        assertThat(RehearsalFault.of(Version.parse("2.2.99"))).containsExactly(RehearsalFault.IMAGE_MISSING);
        assertThat(RehearsalFault.of(Version.parse("3.0.17"))).containsExactly(RehearsalFault.UPGRADE_BREAKS);
    }

    @ParameterizedTest
    @EnumSource(
            value = RehearsalFault.class,
            names = {"PRECONDITION_WARNS", "PRECONDITION_FAILS", "IMAGE_MISSING", "IMAGE_MISLABELLED"})
    void preconditionsTell(RehearsalFault fault) {
        RehearsalScene scene = new RehearsalScene("precondition");
        Check.Result expected = fault == RehearsalFault.PRECONDITION_WARNS ? Check.Result.WARN : Check.Result.FAIL;
        assertThat(scene.cluster.runtime().check(target(fault)))
                .filteredOn(check -> check.result() != Check.Result.PASS)
                .hasSize(1)
                .allMatch(check -> check.result() == expected && !check.remedy().isEmpty());
    }

    @Test
    void aPreconditionFailsRightBeforeTheDowntimeAsOftenAsAJobIsTried() {
        RehearsalScene scene = new RehearsalScene("late");
        Version target = target(RehearsalFault.PRECONDITION_FAILS_LATE);
        assertThat(scene.cluster.runtime().check(target)).allMatch(check -> check.result() == Check.Result.PASS);
        scene.until(() -> scene.cluster.runtime().pull(target));
        for (int attempt = 0; attempt < 7; attempt++) {
            assertThat(scene.cluster.runtime().check(target)).anyMatch(check -> check.result() == Check.Result.FAIL);
        }
        assertThat(scene.cluster.runtime().check(target)).allMatch(check -> check.result() == Check.Result.PASS);
    }

    @Test
    void aMissingImageIsNeverPulled() {
        RehearsalScene scene = new RehearsalScene("missing");
        Version target = target(RehearsalFault.IMAGE_MISSING);
        for (int i = 0; i < 2; i++) {
            assertThat(scene.untilFailed(() -> scene.cluster.runtime().pull(target))
                            .what())
                    .contains("manifest unknown");
        }
    }

    @Test
    void aPullFailsOnce() {
        RehearsalScene scene = new RehearsalScene("pull");
        Version target = target(RehearsalFault.PULL_FAILS_ONCE);
        scene.untilFailed(() -> scene.cluster.runtime().pull(target));
        scene.until(() -> scene.cluster.runtime().pull(target));
    }

    @Test
    void aMislabelledImageTellsItsRealVersion() {
        RehearsalScene scene = new RehearsalScene("label");
        Version target = target(RehearsalFault.IMAGE_MISLABELLED);
        assertThat(scene.until(() -> scene.cluster.runtime().pull(target)).packageVersion())
                .isNotEqualTo(target);
    }

    @Test
    void theMaintenanceRouteIsRefusedOnce() {
        RehearsalScene scene = new RehearsalScene("page");
        scene.until(() -> scene.cluster.runtime().pull(target(RehearsalFault.MAINTENANCE_ROUTE_REFUSED_ONCE)));
        Route closed = Route.Maintenance.closed(scene.operation, scene.clock.instant());
        assertThatThrownBy(() -> scene.cluster.balancer().route(closed)).isInstanceOf(CannotProceedException.class);
        assertThat(scene.world().route()).isEqualTo("app-1, app-2, app-3");
        scene.cluster.balancer().route(closed);
        scene.until(() -> scene.cluster.balancer().prove(closed));
    }

    @Test
    void aNodeDoesNotStopOnce() {
        RehearsalScene scene = new RehearsalScene("stop");
        close(scene, RehearsalFault.STOP_FAILS_ONCE);
        assertThat(scene.untilFailed(() -> scene.cluster.runtime().scale(Scale.none()))
                        .node())
                .isEqualTo("app-3");
        scene.until(() -> scene.cluster.runtime().scale(Scale.none()));
    }

    private static void close(RehearsalScene scene, RehearsalFault fault) {
        scene.until(() -> scene.cluster.runtime().pull(target(fault)));
        scene.cluster.balancer().route(Route.Maintenance.closed(scene.operation, scene.clock.instant()));
    }

    @Test
    void theEngineIsSilentOnceOrUntilThereIsAnIncident() {
        RehearsalScene once = new RehearsalScene("silent");
        close(once, RehearsalFault.ENGINE_SILENT_ONCE);
        assertThatThrownBy(() -> once.cluster.runtime().scale(Scale.none())).isInstanceOf(UncheckedIOException.class);
        once.until(() -> once.cluster.runtime().scale(Scale.none()));

        RehearsalScene often = new RehearsalScene("silentlong");
        close(often, RehearsalFault.ENGINE_SILENT);
        for (int i = 0; i < 7; i++) {
            assertThatThrownBy(() -> often.cluster.runtime().scale(Scale.none()))
                    .isInstanceOf(UncheckedIOException.class);
        }
        often.until(() -> often.cluster.runtime().scale(Scale.none()));
    }

    @Test
    void theBalancerIsAwayForAsLongAsAJobIsTried() {
        RehearsalScene scene = new RehearsalScene("away");
        scene.until(() -> scene.cluster.runtime().pull(target(RehearsalFault.BALANCER_AWAY)));
        Route closed = Route.Maintenance.closed(scene.operation, scene.clock.instant());
        for (int i = 0; i < 7; i++) {
            assertThatThrownBy(() -> scene.cluster.balancer().route(closed)).isInstanceOf(MayHealException.class);
        }
        scene.cluster.balancer().route(closed);
        scene.until(() -> scene.cluster.balancer().prove(closed));
    }

    @ParameterizedTest
    @EnumSource(
            value = RehearsalFault.class,
            names = {"BACKUP_FAILS", "BACKUP_FAILS_ONCE"})
    void aBackupFails(RehearsalFault fault) {
        RehearsalScene scene = new RehearsalScene("backup");
        close(scene, fault);
        scene.until(() -> scene.cluster.runtime().scale(Scale.none()));
        assertThat(scene.untilFailed(() -> scene.cluster.restorePoints().take(scene.operation))
                        .logTail())
                .contains("No space left");
        assertThat(scene.cluster.restorePoints().find(scene.operation.value())).isEmpty();
        if (fault == RehearsalFault.BACKUP_FAILS) {
            scene.untilFailed(() -> scene.cluster.restorePoints().take(scene.operation));
        } else {
            scene.until(() -> scene.cluster.restorePoints().take(scene.operation));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = RehearsalFault.class,
            names = {"DUMP_INVALID", "DUMP_INVALID_ONCE"})
    void aDumpDoesNotPass(RehearsalFault fault) {
        RehearsalScene scene = new RehearsalScene("dump");
        scene.prepare(target(fault));
        scene.untilFailed(() -> scene.cluster.restorePoints().secure(scene.operation));
        if (fault == RehearsalFault.DUMP_INVALID) {
            scene.untilFailed(() -> scene.cluster.restorePoints().secure(scene.operation));
        } else {
            scene.until(() -> scene.cluster.restorePoints().secure(scene.operation));
        }
    }

    @Test
    void aSwitchFailsOnce() {
        RehearsalScene scene = new RehearsalScene("switching");
        Version target = target(RehearsalFault.SWITCH_FAILS_ONCE);
        assertThatThrownBy(() -> scene.prepare(target)).isInstanceOf(CannotProceedException.class);
        scene.cluster.runtime().switchVersion(target, scene.operation);
        assertThat(scene.cluster.runtime().observe().nodes())
                .allMatch(node -> node.version().equals(target));
    }

    @Test
    void aFirstNodeIsNeverReady() {
        RehearsalScene scene = new RehearsalScene("never");
        Version target = target(RehearsalFault.NEVER_READY);
        scene.prepare(target);
        scene.launchFirst();
        scene.passSeconds(7200);
        assertThat(scene.firstReady(target)).isInstanceOf(Progress.Pending.class);
    }

    @ParameterizedTest
    @EnumSource(
            value = RehearsalFault.class,
            names = {"FIRST_NODE_FAILS_ONCE", "FIRST_NODE_DIES_ONCE"})
    void aFirstNodeFailsOnce(RehearsalFault fault) {
        RehearsalScene scene = new RehearsalScene("first");
        Version target = target(fault);
        scene.prepare(target);
        scene.launchFirst();
        assertThat(scene.untilFailed(() -> scene.firstReady(target)).logTail()).isNotBlank();
        scene.until(() -> scene.cluster.runtime().scale(Scale.none()));
        scene.startFirst(target);
        assertThat(scene.world().violations()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = RehearsalFault.class,
            names = {"LAST_NODE_ENDS", "LAST_NODE_ENDS_ONCE"})
    void theLastNodeEnds(RehearsalFault fault) {
        RehearsalScene scene = new RehearsalScene("last");
        Version target = target(fault);
        scene.prepare(target);
        scene.startFirst(target);
        scene.until(() -> scene.cluster.runtime().scale(Scale.all(Set.of())));
        scene.until(() -> scene.ready("app-2", target));
        assertThat(scene.untilFailed(() -> scene.ready("app-3", target)).logTail())
                .contains("EADDRINUSE");

        scene.until(() -> scene.cluster.runtime().scale(Scale.first()));
        scene.until(() -> scene.cluster.runtime().scale(Scale.all(Set.of())));
        if (fault == RehearsalFault.LAST_NODE_ENDS) {
            scene.untilFailed(() -> scene.ready("app-3", target));
            scene.until(() -> scene.cluster.runtime().scale(Scale.all(Set.of("app-3"))));
        } else {
            scene.until(() -> scene.ready("app-3", target));
        }
    }

    @Test
    void anEndedNodeIsReportedByTheRuntimeTooUnlessItWasReported() {
        RehearsalScene scene = new RehearsalScene("reported");
        scene.rehearsals.kill(scene.cluster, "app-2");
        assertThat(scene.untilFailed(() -> scene.cluster.runtime().scale(Scale.all(Set.of())))
                        .node())
                .isEqualTo("app-2");
        scene.until(() -> scene.cluster.runtime().scale(Scale.all(Set.of())));
        scene.until(() -> scene.ready("app-2", OLD));
    }

    @Test
    void theClusterRouteIsRefusedOnce() {
        RehearsalScene scene = upgraded("refused", RehearsalFault.CLUSTER_ROUTE_REFUSED_ONCE);
        assertThatThrownBy(scene::routeToCluster).isInstanceOf(CannotProceedException.class);
        assertThat(scene.world().route()).isEqualTo("maintenance");
        scene.routeToCluster();
    }

    @Test
    void theClusterRouteIsNotProvenOnce() {
        RehearsalScene scene = upgraded("unproven", RehearsalFault.CLUSTER_ROUTE_UNPROVEN_ONCE);
        Route route = new Route.Nodes(scene.cluster.runtime().observe().nodes());
        scene.cluster.balancer().route(route);
        scene.untilFailed(() -> scene.cluster.balancer().prove(route));
        scene.routeToCluster();
    }

    private static RehearsalScene upgraded(String name, RehearsalFault fault) {
        RehearsalScene scene = new RehearsalScene(name);
        scene.prepare(target(fault));
        scene.startFirst(target(fault));
        scene.startOthers(target(fault));
        scene.until(() -> scene.cluster.restorePoints().secure(scene.operation));
        return scene;
    }

    @Test
    void aRestoreFailsOnce() {
        RehearsalScene scene = broken("restore", RehearsalFault.RESTORE_FAILS_ONCE);
        var points = scene.cluster.restorePoints();
        scene.untilFailed(() -> points.restore(scene.operation.value(), scene.operation));
        scene.until(() -> points.restore(scene.operation.value(), scene.operation));
        scene.startFirst(OLD);
    }

    /** Upgraded into the fault, stopped and switched back. */
    private static RehearsalScene broken(String name, RehearsalFault fault) {
        RehearsalScene scene = new RehearsalScene(name);
        scene.prepare(target(fault));
        scene.launchFirst();
        scene.untilFailed(() -> scene.firstReady(target(fault)));
        scene.until(() -> scene.cluster.runtime().scale(Scale.none()));
        scene.cluster.runtime().switchBack(scene.operation);
        return scene;
    }

    private static RehearsalScene restored(String name, RehearsalFault fault) {
        RehearsalScene scene = broken(name, fault);
        scene.until(() -> scene.cluster.restorePoints().restore(scene.operation.value(), scene.operation));
        return scene;
    }

    @Test
    void thePreviousVersionsFirstNodeFailsOnce() {
        RehearsalScene scene = restored("previous", RehearsalFault.PREVIOUS_VERSION_FAILS_ONCE);
        scene.launchFirst();
        scene.untilFailed(() -> scene.firstReady(OLD));
        scene.until(() -> scene.cluster.runtime().scale(Scale.none()));
        scene.startFirst(OLD);
    }

    @Test
    void thePreviousVersionsLastNodeEnds() {
        RehearsalScene scene = restored("previouslast", RehearsalFault.PREVIOUS_LAST_NODE_ENDS);
        scene.startFirst(OLD);
        scene.until(() -> scene.cluster.runtime().scale(Scale.all(Set.of())));
        scene.untilFailed(() -> scene.ready("app-3", OLD));
    }

    @Test
    void thePreviousVersionsRouteIsRefusedOnce() {
        RehearsalScene scene = restored("previousroute", RehearsalFault.PREVIOUS_ROUTE_REFUSED_ONCE);
        scene.startFirst(OLD);
        scene.startOthers(OLD);
        assertThatThrownBy(scene::routeToCluster).isInstanceOf(CannotProceedException.class);
        scene.routeToCluster();
    }

    @Test
    void tidyingUpFailsOnce() {
        RehearsalScene scene = upgraded("tidy", RehearsalFault.TIDY_UP_FAILS_ONCE);
        assertThatThrownBy(() -> scene.cluster.runtime().finish(scene.operation))
                .isInstanceOf(CannotProceedException.class);
        scene.cluster.runtime().finish(scene.operation);
        scene.cluster.restorePoints().prune(Set.of());
    }

    @Test
    void anOrderedFaultStrikesOnceWhateverTheTarget() {
        RehearsalScene scene = new RehearsalScene("ordered");
        scene.rehearsals.order(scene.cluster, RehearsalFault.BACKUP_FAILS);
        close(scene, RehearsalFault.NEVER_READY);
        scene.until(() -> scene.cluster.runtime().scale(Scale.none()));
        scene.untilFailed(() -> scene.cluster.restorePoints().take(scene.operation));
        scene.until(() -> scene.cluster.restorePoints().take(scene.operation));
    }

    @Test
    void aFinishedOperationTakesItsFaultsWithIt() {
        RehearsalScene scene = new RehearsalScene("finished");
        Version target = target(RehearsalFault.PULL_FAILS_ONCE);
        scene.untilFailed(() -> scene.cluster.runtime().pull(target));
        scene.cluster.runtime().finish(scene.operation);
        scene.untilFailed(() -> scene.cluster.runtime().pull(target));
        assertThatCode(() -> scene.cluster.runtime().finish(scene.operation)).doesNotThrowAnyException();
    }
}
