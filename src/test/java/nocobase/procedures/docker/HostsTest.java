package nocobase.procedures.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.ClusterState;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.Image;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Version;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several Docker hosts asked together; the hosts are names here. */
class HostsTest {

    private final Hosts<String> hosts = new Hosts<>(List.of("a", "b", "c"), UnaryOperator.identity());

    @AfterEach
    void close() {
        hosts.close();
    }

    @Test
    void areAskedAtTheSameTimeAndAnswerInTheirOrder() {
        CyclicBarrier all = new CyclicBarrier(3);
        List<String> answers = hosts.ask(host -> {
            try {
                all.await(30, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new IllegalStateException("the others were not asked meanwhile", e);
            }
            return host + "!";
        });
        assertThat(answers).containsExactly("a!", "b!", "c!");
    }

    @Test
    void oneThatDoesNotAnswerKeepsNoOtherFromItsWork() {
        Set<String> worked = ConcurrentHashMap.newKeySet();
        assertThatThrownBy(() -> hosts.tell(host -> {
                    failAt("a", host);
                    worked.add(host);
                }))
                .isInstanceOf(EngineFault.class)
                .hasMessage("a does not answer.");
        assertThat(worked).containsExactlyInAnyOrder("b", "c");
        assertThat(hosts.answers(host -> {
                    failAt("a", host);
                    return host;
                }))
                .containsOnlyKeys("b", "c");
    }

    @Test
    void allThatDoNotAnswerAreNamed() {
        assertThatThrownBy(() -> hosts.ask(host -> {
                    failAt("ac", host);
                    return host;
                }))
                .isInstanceOf(EngineFault.class)
                .hasMessage("a does not answer. c does not answer.");
        assertThatThrownBy(() -> hosts.answers(host -> {
                    failAt("abc", host);
                    return host;
                }))
                .isInstanceOf(EngineFault.class);
    }

    @Test
    void aPersonsMatterComesBeforeFaultsThatMayHeal() {
        assertThatThrownBy(() -> hosts.ask(host -> {
                    failAt("a", host);
                    throw new CannotProceedException(Failure.of("Decide on " + host + ".", "Now."));
                }))
                .isInstanceOf(CannotProceedException.class)
                .hasMessage("Decide on b.");
    }

    private static void failAt(String dead, String host) {
        if (dead.contains(host)) {
            throw new EngineFault(host + " does not answer.", null);
        }
    }

    @Test
    void isDoneWhenAllAreDone() {
        ClusterState empty = new ClusterState(List.of(), Instant.EPOCH);
        assertThat(HostProgress.states(
                        List.of(Progress.done(empty), Progress.pending("Stopping app-2")), Instant.EPOCH))
                .isEqualTo(Progress.pending("Stopping app-2"));
        assertThat(HostProgress.states(List.of(Progress.done(empty), Progress.pending("")), Instant.EPOCH))
                .isInstanceOf(Progress.Pending.class);
        Failure failure = Failure.of("It does not stop.", "Look.");
        assertThat(HostProgress.states(
                        List.of(Progress.pending("Stopping app-2"), Progress.failed(failure)), Instant.EPOCH))
                .isEqualTo(Progress.failed(failure));
        assertThat(HostProgress.states(List.of(Progress.done(empty), Progress.done(empty)), Instant.EPOCH))
                .isEqualTo(Progress.done(empty));
    }

    @Test
    void anImageMustBeTheSameOnAllHosts() {
        assertThat(HostProgress.images(
                        List.of(Progress.done(image("1")), Progress.done(image("1"))), List.of("a", "b")))
                .isEqualTo(Progress.done(image("1")));
        assertThat(HostProgress.images(
                        List.of(Progress.done(image("1")), Progress.done(image("2"))), List.of("a", "b")))
                .isInstanceOfSatisfying(
                        Progress.Failed.class,
                        failed -> assertThat(failed.failure().what())
                                .contains("not the same on the Docker hosts a and b"));
    }

    private static Image image(String id) {
        return new Image("nocobase/nocobase:2.2.16", id, Version.parse("2.2.16"), "amd64", 1);
    }
}
