package nocobase.procedures.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SharedContainersTest {

    private final ClusterRuntime alpha = mock(ClusterRuntime.class);
    private final ClusterRuntime beta = mock(ClusterRuntime.class);
    private final Cluster one = cluster("alpha", alpha);
    private final Clusters clusters = new Two(List.of(one, cluster("beta", beta)));

    @Test
    void oneContainerInTwoClustersIsRefused() {
        when(alpha.containers()).thenReturn(Set.of("a1", "a2"));
        when(beta.containers()).thenReturn(Set.of("b1", "a2"));
        assertThat(SharedContainers.among(clusters).orElseThrow()).contains("alpha", "beta", "Narrow the selectors");
        assertThat(SharedContainers.check(one, clusters)).singleElement().satisfies(check -> {
            assertThat(check.result()).isEqualTo(Check.Result.FAIL);
            assertThat(check.finding()).contains("alpha and beta");
        });
    }

    @Test
    void eachHasItsOwn() {
        when(alpha.containers()).thenReturn(Set.of("a1"));
        when(beta.containers()).thenReturn(Set.of("b1"));
        assertThat(SharedContainers.among(clusters)).isEmpty();
        assertThat(SharedContainers.check(one, clusters)).isEmpty();
    }

    /** That it does not is said by its own cluster, and keeps nobody from starting. */
    @Test
    void anEngineThatDoesNotAnswerIsNoFinding() {
        when(alpha.containers()).thenReturn(Set.of("a1"));
        when(beta.containers()).thenThrow(new IllegalStateException("silent"));
        assertThat(SharedContainers.among(clusters)).isEmpty();
        assertThat(SharedContainers.check(one, clusters)).isEmpty();
    }

    private static Cluster cluster(String name, ClusterRuntime runtime) {
        return new Cluster(name, null, runtime, null, null, null, null);
    }

    private record Two(List<Cluster> all) implements Clusters {

        @Override
        public Cluster find(String name) {
            throw new UnsupportedOperationException();
        }
    }
}
