package nocobase.procedures.docker;

import java.net.URI;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.ClusterState;
import nocobase.procedures.cluster.FailureException;
import nocobase.procedures.cluster.Image;
import nocobase.procedures.cluster.NaturalOrder;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.NodePaths;
import nocobase.procedures.cluster.NodeState;
import nocobase.procedures.cluster.NodesSettings;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.concurrent.BackgroundWork;
import nocobase.procedures.language.Messages;

/** The nodes of a cluster on one Docker engine. Which of them run, and which is the first of the cluster, others say. */
final class HostNodes implements AutoCloseable {

    private static final Messages MESSAGES = Messages.of("docker");

    private final NodesSettings settings;
    private final DockerEngine engine;
    private final Clock clock;
    private final NodeSelection selection;
    private final PackageVersions versions;
    private final NodeVariables variables;
    private final NodeScale nodeScale;
    private final ImagePull imagePull;
    private final VersionSwitch versionSwitch;
    private final NodeLogs logs;
    private final RuntimeChecks checks;
    private final BackgroundWork<Void> background;

    HostNodes(String cluster, NodesSettings settings, DockerEngine engine, Clock clock) {
        Archives archives = new Archives(engine);
        RestartMemory memory = new RestartMemory(engine, archives);
        SameVersionUpgrade sameVersion = new SameVersionUpgrade(archives);
        this.variables = new NodeVariables(archives, clock);
        ClusterMode clusterMode = new ClusterMode(variables, new YarnWords(archives));
        this.settings = settings;
        this.engine = engine;
        this.clock = clock;
        this.background = new BackgroundWork<>("docker-" + cluster);
        Asides asides = new Asides(engine, archives);
        this.selection = new NodeSelection(settings, engine, asides);
        this.versions = new PackageVersions(cluster, engine, archives);
        this.logs = new NodeLogs(engine);
        GracefulStop gracefulStop = new GracefulStop(engine);
        this.nodeScale = new NodeScale(
                engine, memory, sameVersion, clusterMode, gracefulStop, logs, background, settings.stopGrace());
        this.imagePull = new ImagePull(settings, engine, versions, background);
        this.versionSwitch =
                new VersionSwitch(cluster, settings, engine, selection, asides, memory, sameVersion, clusterMode);
        this.checks = new RuntimeChecks(engine, imagePull, gracefulStop, clock);
    }

    /**
     * What one look at the engine saw.
     *
     * @param selected the nodes, and what was set aside
     * @param nodes the cluster's nodes on this engine, also those that exist only as they were set aside
     */
    record Look(HostNodes host, List<NodeContainer> selected, List<Node> nodes) {

        /** Containers that must not run where only those nodes may. */
        List<Node> beyond(Set<String> wanted) {
            List<NodeContainer> present = NodeSelection.nodesAmong(selected);
            return selected.stream()
                    .filter(container -> !(present.contains(container) && wanted.contains(container.name())))
                    .map(container -> host.node(container, container.name()))
                    .toList();
        }
    }

    /** How people call the engine. */
    String name() {
        return engine.name();
    }

    DockerEngine engine() {
        return engine;
    }

    /** The first name that a node here has, also one that exists only as it was set aside. */
    Optional<String> firstName() {
        List<NodeContainer> selected = selection.selected();
        return Stream.concat(
                        NodeSelection.nodesAmong(selected).stream().map(NodeContainer::name),
                        NodeSelection.lostAmong(selected).keySet().stream())
                .min(NaturalOrder.INSTANCE);
    }

    Look look() {
        List<NodeContainer> selected =
                selection.selected().stream().map(variables::with).toList();
        List<Node> nodes = new ArrayList<>();
        NodeSelection.nodesAmong(selected).forEach(container -> nodes.add(node(container, container.name())));
        NodeSelection.lostAmong(selected).forEach((name, container) -> nodes.add(node(container, name)));
        return new Look(this, selected, nodes);
    }

    /**
     * @param wanted the nodes of the cluster that are to run, on this engine and others
     * @param first the node that starts before the others, which may be on another engine; empty if none does
     */
    Progress<ClusterState> scale(Look look, Set<String> wanted, String first) {
        Set<String> here =
                look.nodes().stream().map(Node::name).filter(wanted::contains).collect(Collectors.toSet());
        return nodeScale
                .ensure(here, first, look.selected())
                .then(done -> Progress.done(new ClusterState(look.nodes(), clock.instant())));
    }

    Progress<Void> asOwned(String node) {
        return selection.nodes().stream()
                .filter(container -> container.name().equals(node))
                .findFirst()
                .map(nodeScale::asOwned)
                .orElseGet(() -> Progress.done(null));
    }

    void expel(String container) {
        nodeScale.expel(container);
    }

    Progress<Image> pull(Version version) {
        return imagePull.ensure(version);
    }

    boolean hasImage(Version version) {
        return imagePull.isHere(version);
    }

    /** @param first name of the cluster's first node, or empty */
    void switchVersion(Version version, OperationId operation, String first) {
        versionSwitch.to(version, operation, first);
    }

    /** @param first name of the cluster's first node, or empty */
    void prepare(Version version, OperationId operation, String first) {
        versionSwitch.prepare(version, operation, first);
    }

    void switchBack(OperationId operation) {
        versionSwitch.back(operation);
    }

    void finish(OperationId operation) {
        versionSwitch.finish(operation);
    }

    Optional<String> logTail(String node, int lines) {
        return selection.nodes().stream()
                .filter(container -> container.name().equals(node))
                .findFirst()
                .map(container -> logs.tail(variables.with(container), lines));
    }

    List<Check> check(Version target, Look look) {
        List<Check> all = new ArrayList<>(checks.run(target, look.selected()));
        if (target != null) {
            all.add(trial(target));
        }
        return all;
    }

    /** What the engine would refuse behind the maintenance page, it refuses here. */
    private Check trial(Version target) {
        String name = MESSAGES.text("trial.name");
        try {
            versionSwitch.tryOut(target);
            return Check.pass(name, MESSAGES.text("trial.good"));
        } catch (FailureException e) {
            return Check.fail(name, e.failure().what(), e.failure().remedy());
        }
    }

    @Override
    public void close() {
        background.close();
    }

    private Node node(NodeContainer container, String name) {
        return new Node(
                name,
                state(container),
                container.image(),
                versions.of(container).orElse(null),
                container.worker(),
                container.running() ? url(container) : null,
                container.startedAt(),
                NodePaths.of(container.variables()));
    }

    private NodeState state(NodeContainer container) {
        if (!container.running()) {
            return NodeState.STOPPED;
        }
        return nodeScale.stopping(container) ? NodeState.STOPPING : NodeState.RUNNING;
    }

    /** Where the node is or will be reached; empty where that is not known before it runs. */
    Optional<URI> address(NodeContainer container) {
        return Optional.ofNullable(url(container));
    }

    private URI url(NodeContainer container) {
        String mode = container.json().path("HostConfig").path("NetworkMode").asText();
        if (mode.equals("host")) {
            return url(engine.publishedAt().orElse("127.0.0.1"));
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
        return engine.publishedAt()
                .flatMap(host -> container
                        .publishedPort(settings.port())
                        .map(port -> URI.create("http://" + host + ":" + port)));
    }

    private URI url(String address) {
        return URI.create("http://" + address + ":" + settings.port());
    }
}
