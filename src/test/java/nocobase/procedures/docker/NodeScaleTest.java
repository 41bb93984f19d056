package nocobase.procedures.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.dockerjava.api.exception.ConflictException;
import java.time.Duration;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.concurrent.BackgroundWork;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which nodes are started and stopped, and what is told of it, without an engine. */
class NodeScaleTest {

    private final ClusterMode clusterMode = mock();
    private final GracefulStop gracefulStop = mock();
    private final BackgroundWork<Void> background = new BackgroundWork<>("node-scale-test");
    private final NodeScale scale =
            new NodeScale(mock(), mock(), mock(), clusterMode, gracefulStop, mock(), background, Duration.ofSeconds(1));
    private final NodeContainer node = node("app-1");

    @AfterEach
    void close() {
        background.close();
    }

    /** It had been waited for until the step's time limit, with the reason untold. */
    @Test
    void tellsWhyANodeIsNotStartedOnceMoreAndThenTriesAgain() {
        when(clusterMode.isLeftOut(node)).thenReturn(true);
        doThrow(new ConflictException("{\"message\":\"container is being removed\"}"))
                .doNothing()
                .when(gracefulStop)
                .stop(any(), any());

        assertThat(scale.asOwned(node)).isInstanceOf(Progress.Pending.class);
        await().until(() -> !scale.stopping(node));

        assertThat(scale.asOwned(node))
                .isInstanceOfSatisfying(
                        Progress.Failed.class,
                        failed -> assertThat(failed.failure().what()).contains("app-1", "container is being removed"));
        assertThat(scale.asOwned(node)).isInstanceOf(Progress.Pending.class);
    }

    private static NodeContainer node(String name) {
        ObjectNode json = new ObjectMapper().createObjectNode().put("Id", name).put("Name", "/" + name);
        return new NodeContainer(json);
    }
}
