package nocobase.procedures.docker;

import java.net.URI;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.ClusterRuntime;
import nocobase.procedures.cluster.ClusterState;
import nocobase.procedures.cluster.Containers;
import nocobase.procedures.cluster.Image;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.NodeState;
import nocobase.procedures.cluster.NodesSettings;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Scale;
import nocobase.procedures.cluster.Version;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The nodes of a cluster as containers of one Docker engine. */
final class DockerRuntime implements ClusterRuntime, AutoCloseable {

    private final NodesSettings settings;
    private static final Logger LOG = LoggerFactory.getLogger(DockerRuntime.class);

    private final Engine engine;
    private final Containers containers;
    private final Clock clock;
    private final NodeSelection selection;
    private final PackageVersions versions;
    private final NodeScale nodeScale;
    private final ImagePull imagePull;
    private final VersionSwitch versionSwitch;
    private final NodeLogs logs;
    private final RuntimeChecks checks;
    private final Background background;

    DockerRuntime(String cluster, NodesSettings settings, Engine engine, Containers containers, Clock clock) {
        Archives archives = new Archives(engine);
        RestartMemory memory = new RestartMemory(engine, archives);
        this.settings = settings;
        this.engine = engine;
        this.containers = containers;
        this.clock = clock;
        this.background = new Background("docker-" + cluster);
        this.selection = new NodeSelection(settings, engine);
        this.versions = new PackageVersions(cluster, engine, archives);
        this.logs = new NodeLogs(engine);
        GracefulStop gracefulStop = new GracefulStop(engine);
        this.nodeScale = new NodeScale(engine, memory, gracefulStop, logs, background, settings.stopGrace());
        this.imagePull = new ImagePull(settings, engine, versions, background);
        this.versionSwitch = new VersionSwitch(cluster, settings, engine, selection, memory);
        this.checks = new RuntimeChecks(engine, selection, imagePull, gracefulStop, clock);
    }

    @Override
    public ClusterState observe() {
        return state(selection.nodes());
    }

    @Override
    public Progress<Image> pull(Version version) {
        return imagePull.ensure(version);
    }

    @Override
    public Progress<ClusterState> scale(Scale scale) {
        List<NodeContainer> selected = selection.selected();
        List<NodeContainer> nodes = NodeSelection.nodesAmong(selected);
        return nodeScale.ensure(scale, selected, nodes, state(nodes));
    }

    @Override
    public List<Node> beyond(Scale scale) {
        List<NodeContainer> selected = selection.selected();
        List<NodeContainer> nodes = NodeSelection.nodesAmong(selected);
        Set<String> wanted = nodes.isEmpty() ? Set.of() : names(scale.nodesOf(state(nodes)));
        return selected.stream()
                .filter(container -> !(nodes.contains(container) && wanted.contains(container.name())))
                .map(this::node)
                .toList();
    }

    @Override
    public void expel(List<Node> intruders) {
        nodeScale.expel(names(intruders));
    }

    @Override
    public void switchVersion(Version version, OperationId operation) {
        versionSwitch.to(version, operation);
    }

    @Override
    public void switchBack(OperationId operation) {
        versionSwitch.back(operation);
    }

    @Override
    public void finish(OperationId operation) {
        versionSwitch.finish(operation);
    }

    @Override
    public String logTail(String node, int lines) {
        return selection.nodes().stream()
                .filter(container -> container.name().equals(node))
                .findFirst()
                .map(container -> logs.tail(container, lines))
                .orElse("");
    }

    @Override
    public List<Check> check(Version target) {
        return checks.run(target);
    }

    @Override
    public List<Check> checkFirstStart() {
        List<Check> found = new ArrayList<>(checks.run(null));
        try {
            found.addAll(new FirstStartChecks(selection.nodes(), containers).run());
        } catch (EngineFault e) {
            LOG.debug("Not checked further: {}", e.getMessage());
        }
        return found;
    }

    @Override
    public void close() {
        background.close();
    }

    private static Set<String> names(List<Node> nodes) {
        return nodes.stream().map(Node::name).collect(Collectors.toSet());
    }

    private ClusterState state(List<NodeContainer> containers) {
        return new ClusterState(containers.stream().map(this::node).toList(), clock.instant());
    }

    private Node node(NodeContainer container) {
        return new Node(
                container.name(),
                state(container),
                container.image(),
                versions.of(container).orElse(null),
                container.worker(),
                container.running() ? url(container) : null,
                container.startedAt());
    }

    private NodeState state(NodeContainer container) {
        if (!container.running()) {
            return NodeState.STOPPED;
        }
        return nodeScale.stopping(container) ? NodeState.STOPPING : NodeState.RUNNING;
    }

    private URI url(NodeContainer container) {
        String mode = container.json().path("HostConfig").path("NetworkMode").asText();
        if (mode.equals("host")) {
            URI host = URI.create(engine.host());
            return url(host.getScheme().equals("unix") ? "127.0.0.1" : host.getHost());
        }
        if (mode.startsWith("container:")) {
            return engine.container(mode.substring("container:".length()))
                    .flatMap(json -> new NodeContainer(json).address(settings.network()))
                    .map(this::url)
                    .orElse(null);
        }
        return published(container)
                .or(() -> container.address(settings.network()).map(this::url))
                .orElse(null);
    }

    /** On another machine's engine container addresses lead nowhere; ports that are published there do. */
    private Optional<URI> published(NodeContainer container) {
        URI host = URI.create(engine.host());
        return host.getScheme().equals("unix")
                ? Optional.empty()
                : container
                        .publishedPort(settings.port())
                        .map(port -> URI.create("http://" + host.getHost() + ":" + port));
    }

    private URI url(String address) {
        return URI.create("http://" + address + ":" + settings.port());
    }
}
