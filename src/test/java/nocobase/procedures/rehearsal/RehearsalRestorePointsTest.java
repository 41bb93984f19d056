package nocobase.procedures.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Holding;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.cluster.RestorePoint.State;
import nocobase.procedures.cluster.RestorePoints;
import nocobase.procedures.cluster.Version;
import org.junit.jupiter.api.Test;

/** The simulated restore points of maintenance: online, proven, restored later, set aside, received from elsewhere. */
class RehearsalRestorePointsTest {

    private static RestorePoints points(RehearsalScene scene) {
        return scene.cluster.restorePoints();
    }

    @Test
    void aRestorePointIsTakenOnlineProvenAndRestoredByALaterOperation() {
        RehearsalScene scene = new RehearsalScene("online");
        RestorePoint taken = scene.until(() -> points(scene).takeOnline(scene.operation));
        assertThat(taken.state()).isEqualTo(State.DUMP_ONLY);
        assertThat(taken.proof()).isNull();
        assertThat(scene.world().allReady()).isTrue();

        RestorePoint.Proof proof = scene.until(() -> points(scene).verify(taken.id(), scene.operation));
        assertThat(points(scene).find(taken.id()).orElseThrow().proof()).isEqualTo(proof);
        assertThat(points(scene).verify(taken.id(), OperationId.next("online"))).isInstanceOf(Progress.Pending.class);

        scene.suspend();
        OperationId later = OperationId.next("online");
        scene.until(() -> points(scene).take(later));
        scene.until(() -> points(scene).restore(taken.id(), later));
        scene.until(() -> points(scene).restore(later.value(), later));
        assertThat(scene.world().texts())
                .filteredOn(text -> text.startsWith("database restored"))
                .hasSize(2);
        assertThat(points(scene).holdings())
                .filteredOn(holding -> holding.kind() == Holding.Kind.DATABASE)
                .extracting(Holding::name)
                .containsExactlyInAnyOrder("nocobase_before_" + later.shortId(), "nocobase_failed_" + later.shortId());
        assertThat(scene.world().violations()).isEmpty();
    }

    @Test
    void aDumpOnlineMayFailAndBeGivenUp() {
        RehearsalScene scene = new RehearsalScene("online-fails");
        scene.rehearsals.order(scene.cluster, RehearsalFault.DUMP_INVALID_ONCE);
        scene.untilFailed(() -> points(scene).takeOnline(scene.operation));
        points(scene).takeOnline(scene.operation);
        points(scene).discard(scene.operation);
        assertThat(points(scene).find(scene.operation.value())).isEmpty();
        assertThat(points(scene).list()).isEmpty();
        scene.until(() -> points(scene).takeOnline(scene.operation));
    }

    @Test
    void whatIsNotThereOrHasNoDurableCopyIsNotProven() {
        RehearsalScene scene = new RehearsalScene("unproven");
        assertThatThrownBy(() -> points(scene).verify("unproven-aaaaaaaa", scene.operation))
                .hasMessageContaining("no restore point");
        scene.suspend();
        scene.until(() -> points(scene).take(scene.operation));
        assertThat(scene.untilFailed(() -> points(scene).verify(scene.operation.value(), scene.operation))
                        .what())
                .contains("no verified durable copy");
        scene.until(() -> points(scene).secure(scene.operation));
        scene.rehearsals.order(scene.cluster, RehearsalFault.PROOF_FAILS_ONCE);
        scene.untilFailed(() -> points(scene).verify(scene.operation.value(), scene.operation));
        scene.until(() -> points(scene).verify(scene.operation.value(), scene.operation));
    }

    @Test
    void pruningRemovesExactlyThePreview() {
        RehearsalScene scene = new RehearsalScene("preview");
        scene.suspend();
        for (int i = 0; i < 5; i++) {
            OperationId operation = OperationId.next("preview");
            scene.until(() -> points(scene).take(operation));
            scene.until(() -> points(scene).secure(operation));
            scene.until(() -> points(scene).restore(operation.value(), operation));
        }
        List<Holding> before = points(scene).holdings();
        String oldest = before.get(before.size() - 1).name();
        assertThat(points(scene).surplus(Set.of()))
                .extracting(Holding::kind)
                .containsOnly(Holding.Kind.RESTORE_POINT, Holding.Kind.DATABASE, Holding.Kind.STORAGE);
        List<Holding> surplus = points(scene).surplus(Set.of(oldest));
        assertThat(surplus).isNotEmpty().doesNotContain(before.get(before.size() - 1));

        points(scene).prune(Set.of(oldest));

        assertThat(points(scene).holdings())
                .containsExactlyElementsOf(before.stream()
                        .filter(holding -> !surplus.contains(holding))
                        .toList());
        assertThat(points(scene).surplus(Set.of(oldest))).isEmpty();
    }

    @Test
    void aHalfMadeInstallationIsSetAsideOnce() {
        RehearsalScene scene = new RehearsalScene("aside");
        assertThat(scene.untilFailed(() -> points(scene).setAside(scene.operation))
                        .what())
                .contains("accessed by other users");
        scene.suspend();
        List<Holding> kept = scene.until(() -> points(scene).setAside(scene.operation));
        assertThat(kept).extracting(Holding::name).containsExactly("nocobase_aside_" + scene.operation.shortId());
        assertThat(scene.world().databaseVersion()).isNull();
        scene.startFirst(Version.parse("2.2.15"));
        scene.until(() -> points(scene).setAside(scene.operation));
        assertThat(scene.world().databaseVersion()).isEqualTo(Version.parse("2.2.15"));
    }

    @Test
    void aRestorePointOfAnotherClusterIsReceivedAndRestored() {
        RehearsalScene source = new RehearsalScene("source");
        RehearsalScene target = new RehearsalScene("target");
        RestorePoint taken = source.until(() -> points(source).takeOnline(source.operation));
        assertThat(points(target).compatibility(taken.id(), points(source)))
                .allMatch(check -> check.result() == Check.Result.PASS);

        target.rehearsals.order(target.cluster, RehearsalFault.TRANSFER_FAILS_ONCE);
        target.untilFailed(() -> points(target).receive(taken.id(), points(source)));
        RestorePoint received = target.until(() -> points(target).receive(taken.id(), points(source)));

        assertThat(received).isEqualTo(taken);
        target.suspend();
        target.until(() -> points(target).restore(taken.id(), target.operation));
        assertThat(target.world().violations()).isEmpty();
        assertThatThrownBy(() -> points(target).receive("source-aaaaaaaa", points(source)))
                .hasMessageContaining("no restore point");
    }

    @Test
    void aNewerVersionIsNotCompatible() {
        RehearsalScene source = new RehearsalScene("newer");
        Version newer = Version.parse("2.2.16");
        source.prepare(newer);
        source.startFirst(newer);
        OperationId next = OperationId.next("newer");
        source.until(() -> points(source).takeOnline(next));
        RehearsalScene target = new RehearsalScene("older");

        assertThat(points(target).compatibility(next.value(), points(source)))
                .anyMatch(check ->
                        check.result() == Check.Result.FAIL && check.remedy().contains("2.2.16"));
    }
}
