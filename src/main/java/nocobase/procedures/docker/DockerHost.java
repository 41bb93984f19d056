package nocobase.procedures.docker;

import java.time.Clock;
import nocobase.procedures.cluster.ClusterRuntime;
import nocobase.procedures.cluster.ClusterSettings;
import nocobase.procedures.cluster.Containers;

/**
 * The Docker engine of one cluster: its nodes as a {@link ClusterRuntime}, and containers in general. Nothing is connected
 * before the first call, so an engine that is down does not keep the application from starting.
 */
public final class DockerHost implements AutoCloseable {

    private final Engine engine;
    private final DockerRuntime runtime;
    private final DockerContainers containers;

    public DockerHost(String cluster, ClusterSettings settings, Clock clock) {
        this(cluster, settings, clock, new Engine(settings.docker(), settings.pullTimeout()));
    }

    DockerHost(String cluster, ClusterSettings settings, Clock clock, Engine engine) {
        this.engine = engine;
        this.containers = new DockerContainers(cluster, engine, clock);
        this.runtime = new DockerRuntime(cluster, settings.nodes(), engine, containers, clock);
    }

    public ClusterRuntime runtime() {
        return runtime;
    }

    public Containers containers() {
        return containers;
    }

    /** Lets go of the engine. Containers go on; work that was launched here is found again by the next process. */
    @Override
    public void close() {
        runtime.close();
        engine.close();
    }
}
