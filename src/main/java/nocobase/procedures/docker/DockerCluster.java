package nocobase.procedures.docker;

import java.time.Clock;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import nocobase.procedures.cluster.ClusterFence;
import nocobase.procedures.cluster.ClusterRuntime;
import nocobase.procedures.cluster.ClusterSettings;
import nocobase.procedures.cluster.Containers;
import nocobase.procedures.cluster.DatabaseSettings;
import nocobase.procedures.cluster.NodesSettings;

/**
 * The Docker engine of one cluster, or the engines of its hosts: its nodes as a {@link ClusterRuntime}, and containers in
 * general. Nothing is connected before the first call, so an engine that is down does not keep the application from
 * starting.
 */
public final class DockerCluster implements AutoCloseable {

    private final List<DockerEngine> engines;
    private final DockerRuntime runtime;
    private final Containers containers;
    private final ClusterFence fence;

    public DockerCluster(String cluster, ClusterSettings settings, Clock clock) {
        this(cluster, settings, clock, DockerEngine.all(settings.docker(), settings.pullTimeout()));
    }

    DockerCluster(String cluster, ClusterSettings settings, Clock clock, DockerEngine engine) {
        this(cluster, settings, clock, List.of(engine));
    }

    private DockerCluster(String cluster, ClusterSettings settings, Clock clock, List<DockerEngine> engines) {
        this.engines = engines;
        List<HostContainers> each = engines.stream()
                .map(engine -> new HostContainers(
                        cluster, stack(cluster, settings), nodesNetworks(settings.nodes(), engine), engine, clock))
                .toList();
        this.containers = each.size() == 1 ? each.get(0) : new ClusterContainers(each, this::hostOfFirstNode);
        List<HostNodes> hosts = engines.stream()
                .map(engine -> new HostNodes(cluster, settings.nodes(), engine, clock))
                .toList();
        this.runtime = new DockerRuntime(hosts, containers, settings.database(), clock);
        this.fence = new DockerFence(hosts);
    }

    private static NodesNetworks nodesNetworks(NodesSettings nodes, DockerEngine engine) {
        NodeSelection selection = new NodeSelection(nodes, engine, new Asides(engine, new Archives(engine)));
        String network = nodes.network() == null || nodes.network().isBlank() ? "bridge" : nodes.network();
        return new NodesNetworks(engine, selection::first, network);
    }

    /** Two clusters of one name on one host are told apart by the nodes that they select and by where their data is. */
    static String stack(String cluster, ClusterSettings settings) {
        NodesSettings nodes = settings.nodes();
        DatabaseSettings database = settings.database();
        return Hash.of(
                cluster,
                new TreeMap<>(nodes.labels()),
                nodes.composeProject(),
                new TreeSet<>(nodes.composeServices()),
                database.container(),
                database.host(),
                database.port(),
                database.name(),
                settings.restorePoints().volume());
    }

    private String hostOfFirstNode() {
        return runtime.hostOfFirst();
    }

    public ClusterRuntime runtime() {
        return runtime;
    }

    public Containers containers() {
        return containers;
    }

    public ClusterFence fence() {
        return fence;
    }

    /** Lets go of the engines. Containers go on; work that was launched here is found again by the next process. */
    @Override
    public void close() {
        runtime.close();
        if (containers instanceof ClusterContainers several) {
            several.close();
        }
        engines.forEach(DockerEngine::close);
    }
}
