package nocobase.procedures.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Cluster;
import nocobase.procedures.cluster.ClusterFence;
import nocobase.procedures.cluster.MaintenanceStep;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.PluginChange;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.cluster.Route;
import nocobase.procedures.cluster.Scale;
import nocobase.procedures.cluster.SubApplicationsSeen;
import nocobase.procedures.cluster.Version;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What procedures rely on, asked of the rehearsal and of real adapters alike: the simulation is neither stricter nor kinder
 * than the world. Each case begins with a cluster of NocoBase 2.2.15 that serves on three nodes.
 */
public abstract class ClusterContract {

    private static final Version SERVED = Version.parse("2.2.15");
    private static final Version NEXT = Version.parse("2.2.16");
    private static final Version AFTER_NEXT = Version.parse("2.2.18");

    /** A cluster and what lets time pass there. */
    public interface Scene {

        Cluster cluster();

        /** Repeats an ensuring call as the watcher does, until it is no longer pending. */
        <T> Progress<T> settled(Supplier<Progress<T>> call);

        /** As if a sub-application of that name had been started once; its nodes do not answer for it. */
        void subApplication(String name);

        /** And as if there had been none. */
        void noSubApplications();
    }

    private Scene scene;
    private Cluster cluster;
    private OperationId operation;

    /** The scene of the next case, nodes stopped or serving; it may be an earlier case's. */
    protected abstract Scene scene();

    @BeforeEach
    void begins() {
        scene = scene();
        cluster = scene.cluster();
        operation = OperationId.next(cluster.name());
        if (!serves()) {
            serve(SERVED);
        }
    }

    @Test
    void aClusterThatServesFitsAnUpgrade() {
        assertThat(failures(NEXT)).isEmpty();
        assertThat(failures(null)).isEmpty();
    }

    @Test
    void aTargetIsAboveTheRecordedVersion() {
        assertThat(application(SERVED)).contains(Check.Result.FAIL);
        assertThat(application(Version.parse("2.2.14"))).contains(Check.Result.FAIL);
        assertThat(application(Version.parse("3.0.0")))
                .contains(Check.Result.WARN)
                .doesNotContain(Check.Result.FAIL);
        assertThat(application(NEXT)).doesNotContain(Check.Result.FAIL);
    }

    @Test
    void stoppedNodesAreWarnedOf() {
        suspend();
        assertThat(application(NEXT)).contains(Check.Result.WARN).doesNotContain(Check.Result.FAIL);
    }

    /** Its migrations may have been applied in part: no other upgrade, no maintenance and no first start begins there. */
    @Test
    void anUpgradeThatWasBegunIsNoBase() {
        done(() -> cluster.runtime().pull(AFTER_NEXT));
        suspend();
        cluster.runtime().switchVersion(AFTER_NEXT, operation);
        assertThat(application(NEXT)).contains(Check.Result.FAIL);
        assertThat(application(null)).contains(Check.Result.FAIL);
        assertThat(results(cluster.application().checkFirstStart())).contains(Check.Result.FAIL);

        cluster.runtime().switchBack(operation);
        assertThat(application(NEXT)).doesNotContain(Check.Result.FAIL);
        assertThat(results(cluster.application().checkFirstStart())).doesNotContain(Check.Result.FAIL);
        serve(SERVED);
    }

    @Test
    void whatIsPreparedIsNoNodeAndGoesWithTheOperation() {
        done(() -> cluster.runtime().pull(NEXT));
        List<Node> before = nodes();
        cluster.runtime().prepare(NEXT, operation);
        assertThat(nodes()).isEqualTo(before);
        assertThat(failures(NEXT)).isEmpty();
        assertThat(cluster.runtime().beyond(Scale.all(Set.of()))).noneMatch(Node::running);

        cluster.runtime().finish(operation);
        assertThat(nodes()).isEqualTo(before);
        assertThat(cluster.runtime().beyond(Scale.all(Set.of()))).isEmpty();
    }

    @Test
    void theMaintenancePageIsProvenByTheBeginningThatItShows() {
        Instant since = Instant.parse("2026-03-01T02:00:00Z");
        Route.Maintenance closed = Route.Maintenance.closed(operation, since);
        cluster.balancer().route(closed);
        done(() -> cluster.balancer().prove(closed));
        assertThat(cluster.balancer().prove(Route.Maintenance.closed(operation, since.plusSeconds(1))))
                .isNotInstanceOf(Progress.Done.class);
        assertThat(cluster.balancer().prove(Route.Maintenance.closed(OperationId.next(cluster.name()), since)))
                .isNotInstanceOf(Progress.Done.class);
        assertThat(cluster.balancer().prove(new Route.Nodes(nodes()))).isNotInstanceOf(Progress.Done.class);

        // What the page says besides is no part of the proof.
        Route.Maintenance telling = closed.showing(MaintenanceStep.values()[0], since.plusSeconds(600));
        done(() -> cluster.balancer().prove(telling));
        cluster.balancer().route(telling);
        done(() -> cluster.balancer().prove(closed));
    }

    @Test
    void oneNodeServesWhereTheRouteNamesOne() {
        Route one = new Route.Nodes(List.of(cluster.runtime().observe().first()));
        cluster.balancer().route(one);
        done(() -> cluster.balancer().prove(one));
        assertThat(cluster.balancer().prove(new Route.Nodes(nodes()))).isNotInstanceOf(Progress.Done.class);
    }

    @Test
    void allButTheFirstIsBeyondThatScale() {
        assertThat(cluster.runtime().beyond(Scale.all(Set.of()))).isEmpty();
        assertThat(cluster.runtime().beyond(Scale.first()))
                .extracting(Node::name)
                .containsExactlyElementsOf(names().subList(1, names().size()));
        done(() -> cluster.runtime().scale(Scale.first()));
        assertThat(cluster.runtime().beyond(Scale.first())).noneMatch(Node::running);
        assertThat(running()).containsExactly(names().get(0));
    }

    @Test
    void aNodeIsReadyWithItsOwnVersionOnly() {
        Node first = cluster.runtime().observe().first();
        done(() -> cluster.application().ready(first, SERVED));
        done(() -> cluster.runtime().asOwned(first));
        assertThat(scene.settled(() -> cluster.application().ready(first, NEXT)))
                .isInstanceOf(Progress.Failed.class);
        done(() -> cluster.runtime().scale(Scale.none()));
        assertThat(scene.settled(() ->
                        cluster.application().ready(cluster.runtime().observe().first(), SERVED)))
                .isInstanceOf(Progress.Failed.class);
    }

    /** It holds nothing up, and is not passed over. */
    @Test
    void aSubApplicationThatDoesNotComeBackIsNamed() {
        Node first = cluster.runtime().observe().first();
        assertThat(cluster.application().subApplications()).isEmpty();
        assertThat(done(() -> cluster.application().askSubApplications(first, SERVED, Set.of())))
                .isEqualTo(new SubApplicationsSeen(List.of(), Map.of()));

        scene.subApplication("shop-broken");
        try {
            assertThat(cluster.application().subApplications()).isEqualTo(Map.of("shop-broken", SERVED.toString()));
            SubApplicationsSeen seen =
                    done(() -> cluster.application().askSubApplications(first, SERVED, Set.of("shop-broken")));
            assertThat(seen.answering()).isEmpty();
            assertThat(seen.doubtful()).containsOnlyKeys("shop-broken");
        } finally {
            scene.noSubApplications();
        }
    }

    @Test
    void anUpgradeGoesThereAndItsRollbackBack() {
        done(() -> cluster.runtime().pull(NEXT));
        suspend();
        done(() -> cluster.restorePoints().take(operation));
        cluster.runtime().prepare(NEXT, operation);
        cluster.runtime().switchVersion(NEXT, operation);
        start(Scale.first(), NEXT);
        assertThat(cluster.application().recordedVersion()).contains(NEXT);
        RestorePoint secured = done(() -> cluster.restorePoints().secure(operation));
        assertThat(secured.version()).isEqualTo(SERVED);

        done(() -> cluster.runtime().scale(Scale.none()));
        done(() -> cluster.restorePoints().restore(operation.value(), operation));
        cluster.runtime().switchBack(operation);
        assertThat(cluster.application().recordedVersion()).contains(SERVED);
        serve(SERVED);
        assertThat(failures(NEXT)).isEmpty();
        assertThat(cluster.restorePoints().find(operation.value())).isPresent();
    }

    /** While the nodes serve; what was prepared is no node, is used by the switch, and goes with the operation. */
    @Test
    void whatNodesAreReplacedByIsPreparedWhileTheyServe() {
        assertThatThrownBy(() -> cluster.runtime().prepare(Version.parse("2.9.9"), operation))
                .isInstanceOf(CannotProceedException.class);
        done(() -> cluster.runtime().pull(NEXT));
        List<String> before = names();
        cluster.runtime().prepare(NEXT, operation);
        cluster.runtime().prepare(NEXT, operation);
        assertThat(names()).isEqualTo(before);
        assertThat(running()).isEqualTo(before);
        assertThat(failures(NEXT)).isEmpty();
        cluster.runtime().finish(operation);
        assertThat(names()).isEqualTo(before);

        cluster.runtime().prepare(NEXT, operation);
        suspend();
        cluster.runtime().switchVersion(NEXT, operation);
        assertThat(nodes()).extracting(Node::version).containsOnly(NEXT);
        cluster.runtime().switchBack(operation);
        assertThat(nodes()).extracting(Node::version).containsOnly(SERVED);
        serve(SERVED);
        assertThat(names()).isEqualTo(before);
    }

    @Test
    void aPluginThatNobodyHasCannotBeEnabled() {
        done(() -> cluster.runtime().scale(Scale.first()));
        Node first = cluster.runtime().observe().first();
        assertThat(scene.settled(() -> cluster.application().change(first, PluginChange.enable("nobody-has-this"))))
                .isInstanceOf(Progress.Failed.class);
        done(() -> cluster.application().ready(first, SERVED));
    }

    /** Both ways of refusing are known to procedures; going on is not among them. */
    @Test
    void aRestorePointThatIsNotThereIsNotRestored() {
        suspend();
        Progress<?> restored;
        try {
            restored = scene.settled(() -> cluster.restorePoints().restore("nobody-took-this", operation));
        } catch (CannotProceedException refused) {
            return;
        }
        assertThat(restored).isInstanceOf(Progress.Failed.class);
    }

    /** What cannot be taken back is not begun; and to try it changes nothing. */
    @Test
    void theRollbackIsTriedBeforehand() {
        assertThat(cluster.restorePoints().check())
                .filteredOn(check -> check.name().equals("Dry run of restore point and rollback"))
                .singleElement()
                .satisfies(
                        check -> assertThat(check.result()).as(check.toString()).isEqualTo(Check.Result.PASS));
        assertThat(cluster.restorePoints().list()).isEmpty();
        assertThat(cluster.restorePoints().holdings()).isEmpty();
        assertThat(running()).hasSize(names().size());
        assertThat(cluster.application().recordedVersion()).contains(SERVED);
    }

    /** Of two engines that saw the same mark one replaces it. What an engine read or left behind long ago does not come back. */
    @Test
    void theFenceShowsWhoPutTheLastMark() {
        var holdings = cluster.restorePoints().holdings();
        ClusterFence fence = cluster.fence();
        List<Node> before = nodes();
        long seen = fence.read().map(ClusterFence.Mark::number).orElse(0L);
        ClusterFence.Mark ours = mark(seen + 1, "ours", true);
        assertThat(fence.put(ours)).isTrue();
        assertThat(fence.read()).contains(ours);
        assertThat(fence.put(ours))
                .as("put again by whoever did not hear the answer")
                .isTrue();
        assertThat(fence.put(mark(seen + 1, "theirs", true))).isFalse();
        assertThat(fence.read()).contains(ours);

        ClusterFence.Mark theirs = mark(seen + 3, "theirs", false);
        assertThat(fence.put(theirs)).isTrue();
        assertThat(fence.read()).contains(theirs);
        assertThat(fence.put(mark(seen + 2, "late", true))).isFalse();
        assertThat(fence.read()).contains(theirs);

        assertThat(nodes()).isEqualTo(before);
        cluster.runtime().finish(operation);
        assertThat(fence.read()).contains(theirs);
        assertThat(cluster.restorePoints().holdings()).isEqualTo(holdings);
        assertThat(failures(NEXT)).isEmpty();
    }

    private ClusterFence.Mark mark(long number, String token, boolean held) {
        return new ClusterFence.Mark(
                number,
                token + operation,
                "engine of " + token,
                "host-1",
                operation.value(),
                held,
                Instant.parse("2026-03-01T02:00:00Z"));
    }

    private boolean serves() {
        return running().size() == nodes().size()
                && cluster.balancer().prove(new Route.Nodes(nodes())) instanceof Progress.Done;
    }

    private void suspend() {
        List<Node> leaving = cluster.runtime().observe().running();
        Route.Maintenance closed = Route.Maintenance.closed(operation, Instant.parse("2026-03-01T02:00:00Z"));
        cluster.balancer().route(closed);
        done(() -> cluster.balancer().prove(closed));
        done(() -> cluster.balancer().drained(leaving, cluster.settings().drain()));
        done(() -> cluster.runtime().scale(Scale.none()));
    }

    /** One node first, then the others; then clients are let in, and nothing of the operation is left. */
    private void serve(Version version) {
        start(Scale.first(), version);
        start(Scale.all(Set.of()), version);
        Route all = new Route.Nodes(nodes());
        cluster.balancer().route(all);
        done(() -> cluster.balancer().prove(all));
        cluster.runtime().finish(operation);
    }

    private void start(Scale scale, Version version) {
        done(() -> cluster.runtime().scale(scale));
        scale.nodesOf(cluster.runtime().observe())
                .forEach(node -> done(() -> cluster.application()
                        .ready(cluster.runtime().observe().node(node.name()).orElseThrow(), version)));
    }

    private <T> T done(Supplier<Progress<T>> call) {
        Progress<T> settled = scene.settled(call);
        assertThat(settled).isInstanceOf(Progress.Done.class);
        return ((Progress.Done<T>) settled).result();
    }

    private List<Node> nodes() {
        return cluster.runtime().observe().nodes();
    }

    private List<String> names() {
        return nodes().stream().map(Node::name).toList();
    }

    private List<String> running() {
        return cluster.runtime().observe().running().stream().map(Node::name).toList();
    }

    private List<Check.Result> application(Version target) {
        return results(cluster.application().check(target));
    }

    private static List<Check.Result> results(List<Check> checks) {
        return checks.stream().map(Check::result).toList();
    }

    private List<Check> failures(Version target) {
        List<Check> checks = new ArrayList<>(cluster.runtime().check(target));
        checks.addAll(cluster.application().check(target));
        checks.addAll(cluster.restorePoints().check());
        checks.addAll(cluster.balancer().check(nodes()));
        return checks.stream()
                .filter(check -> check.result() == Check.Result.FAIL)
                .toList();
    }
}
