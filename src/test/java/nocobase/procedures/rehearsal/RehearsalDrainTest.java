package nocobase.procedures.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import nocobase.procedures.cluster.LoadBalancer;
import nocobase.procedures.cluster.MaintenanceStep;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Route;
import nocobase.procedures.cluster.Scale;
import org.junit.jupiter.api.Test;

class RehearsalDrainTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final RehearsalScene scene = new RehearsalScene("drain");
    private final LoadBalancer balancer = scene.cluster.balancer();
    private final List<Node> nodes = scene.cluster.runtime().observe().nodes();
    private final List<Node> leaving = nodes.subList(1, 3);

    @Test
    void openRequestsEndByThemselvesAndThenTheNodesMayStop() {
        reduceToOne();
        assertThat(balancer.drained(leaving, LIMIT)).isEqualTo(Progress.pending("6 requests still open"));
        scene.until(() -> balancer.drained(leaving, LIMIT));
        scene.until(() -> scene.cluster.runtime().scale(Scale.first()));
        assertThat(scene.world().violations()).isEmpty();
    }

    @Test
    void aNodeStoppedBeforeThatViolatesALaw() {
        reduceToOne();
        scene.until(() -> scene.cluster.runtime().scale(Scale.first()));
        assertThat(scene.world().violations())
                .containsExactly(
                        "app-2 was stopped while 3 requests to it were open",
                        "app-3 was stopped while 3 requests to it were open");
    }

    @Test
    void aRequestThatStaysOpenIsCutAtTheLimit() {
        scene.rehearsals.order(scene.cluster, RehearsalFault.REQUEST_STAYS_OPEN_ONCE);
        reduceToOne();
        scene.pass(LIMIT.minusSeconds(2));
        assertThat(balancer.drained(leaving, LIMIT)).isEqualTo(Progress.pending("1 request still open"));
        scene.passSeconds(2);
        assertThat(balancer.drained(leaving, LIMIT))
                .isEqualTo(Progress.done("1 request still open after 30 s will be cut off."));
        scene.until(() -> scene.cluster.runtime().scale(Scale.first()));
        assertThat(scene.world().violations()).isEmpty();
        assertThat(scene.world().texts()).contains("1 request cut");
    }

    @Test
    void awaitingTheRequestsOfANodeThatClientsStillReachViolatesALaw() {
        balancer.drained(leaving, LIMIT);
        assertThat(scene.world().violations())
                .first()
                .isEqualTo("the requests at app-2 were awaited while clients were routed to it");
    }

    @Test
    void theTextOfThePageChangesWithoutAnotherRoute() {
        Route.Maintenance closed = Route.Maintenance.closed(scene.operation, scene.clock.instant());
        balancer.route(closed);
        scene.until(() -> balancer.prove(closed));
        int events = scene.world().events().size();
        balancer.route(
                closed.showing(MaintenanceStep.BACKING_UP, scene.clock.instant().plusSeconds(60)));
        assertThat(balancer.prove(closed)).isInstanceOf(Progress.Done.class);
        assertThat(scene.world().step()).isEqualTo(MaintenanceStep.BACKING_UP);
        assertThat(scene.world().events()).hasSize(events);
    }

    private void reduceToOne() {
        Route one = new Route.Nodes(nodes.subList(0, 1));
        balancer.route(one);
        scene.until(() -> balancer.prove(one));
    }
}
