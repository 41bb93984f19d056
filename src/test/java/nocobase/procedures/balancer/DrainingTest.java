package nocobase.procedures.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import nocobase.procedures.MovableClock;
import nocobase.procedures.cluster.BalancerSettings;
import nocobase.procedures.cluster.Containers;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.NodeState;
import nocobase.procedures.cluster.Progress;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

/** When a wait begins and ends; the counting itself is shown on a real nginx (DrainingIT). */
class DrainingTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final MovableClock clock = new MovableClock(Instant.parse("2026-01-02T03:00:00Z"));
    private final List<Node> leaving = List.of(new Node(
            "app-2", NodeState.RUNNING, "image", null, false, URI.create("http://172.18.0.5:13000"), clock.instant()));
    private String counts = "0\n0\n";
    private final Draining draining = draining();

    private Draining draining() {
        Containers containers = Mockito.mock(Containers.class, call -> {
            if (!call.getMethod().getName().equals("exec")) {
                throw new AssertionError(call);
            }
            List<String> command = call.getArgument(1);
            return command.get(0).equals("grep")
                    ? new Containers.ExecResult(1, counts)
                    : new Containers.ExecResult(2, "not found");
        });
        BalancerSettings settings =
                new BalancerSettings("nginx", "/etc/nginx/procedures", URI.create("http://nginx"), null, "_", "80");
        Nginx nginx = new Nginx(settings, containers);
        return new Draining(new OpenRequests(nginx), new Addresses(containers, "nginx"), clock);
    }

    @Test
    void theFirstLookProvesNothingYet() {
        assertThat(look()).isInstanceOf(Progress.Pending.class);
        clock.advance(Draining.SETTLE);
        assertThat(look()).isEqualTo(Progress.done("No requests are open at app-2."));
    }

    @Test
    void bothTablesCountAndTheLimitEndsIt() {
        counts = "2\n1\n";
        assertThat(look()).isEqualTo(Progress.pending("3 requests still open"));
        clock.advance(LIMIT);
        assertThat(look()).isEqualTo(Progress.done("3 requests still open after 30 s will be cut off."));
    }

    @Test
    void anotherRouteBeginsAnotherWait() {
        counts = "1\n";
        look();
        clock.advance(LIMIT);
        draining.begin();
        assertThat(look()).isEqualTo(Progress.pending("1 request still open"));
    }

    @Test
    void aWaitThatAnotherEngineEndedIsNotGoneOnWithDaysLater() {
        counts = "1\n";
        look();
        clock.advance(Duration.ofDays(3));
        assertThat(look()).isEqualTo(Progress.pending("1 request still open"));
    }

    @Test
    void whereNothingCanBeCountedTheLimitIsWaitedFor() {
        counts = "OCI runtime exec failed: \"grep\": executable file not found in $PATH\n";
        assertThat(look()).isInstanceOf(Progress.Pending.class);
        clock.advance(LIMIT);
        assertThat(look())
                .isInstanceOfSatisfying(
                        Progress.Done.class,
                        done -> assertThat(done.result().toString()).contains("no grep"));
    }

    private Progress<String> look() {
        return draining.of(leaving, LIMIT);
    }
}
