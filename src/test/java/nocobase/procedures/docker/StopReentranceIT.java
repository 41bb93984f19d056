package nocobase.procedures.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.RestartPolicy;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import nocobase.procedures.Requires;
import nocobase.procedures.cluster.ClusterSettings;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Scale;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A stop that is cut between any two Docker calls, then continued by another process. */
@Requires("docker")
class StopReentranceIT {

    private static final int MORE_CALLS_THAN_ANY = 20;
    /** Noting the restart policy, taking it away, two for the signal to the application, stopping. */
    private static final int CALLS = 5;

    @Test
    void isContinuedFromAnyPointAndGivesTheRestartPolicyBack() {
        try (DockerScene scene = DockerRuntimeIT.nodes(1)
                        .restart(RestartPolicy.alwaysRestart())
                        .start();
                DockerCluster host = DockerRuntimeIT.host(scene)) {
            int call = 1;
            while (cutAt(scene, host, call)) {
                call++;
                assertThat(call).isLessThan(MORE_CALLS_THAN_ANY);
            }
            assertThat(call - 1).as("calls that a stop makes").isGreaterThanOrEqualTo(CALLS);
        }
    }

    /** Cut before that call, which is after the one before. @return whether the stop made so many calls that it was cut */
    private static boolean cutAt(DockerScene scene, DockerCluster host, int call) {
        DockerRuntimeIT.reach(host, Scale.all(Set.of()));
        DockerRuntimeIT.awaitApplications(scene, 1);
        CutConnection cut = new CutConnection(call, false);
        ClusterSettings settings = scene.settings();
        DockerEngine engine = new DockerEngine(settings.docker(), Duration.ofMinutes(1), cut);
        try (DockerCluster victim = new DockerCluster(scene.name(), settings, Clock.systemUTC(), engine)) {
            Awaitility.await("stopped, or cut at call " + call)
                    .atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> victim.runtime().scale(Scale.none()) instanceof Progress.Done || cut.broke());
        } catch (EngineFault e) {
            assertThat(cut.broke()).as(e.getMessage()).isTrue();
        }

        DockerRuntimeIT.reach(host, Scale.none());
        assertThat(DockerRuntimeIT.policy(scene, scene.node(1)))
                .as("cut at call " + call)
                .isEqualTo("no");
        host.runtime().finish(OperationId.next(scene.name()));
        assertThat(DockerRuntimeIT.policy(scene, scene.node(1)))
                .as("cut at call " + call)
                .isEqualTo("always");
        return cut.broke();
    }
}
