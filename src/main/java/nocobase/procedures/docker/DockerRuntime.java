package nocobase.procedures.docker;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.ClusterRuntime;
import nocobase.procedures.cluster.ClusterState;
import nocobase.procedures.cluster.Containers;
import nocobase.procedures.cluster.DatabaseSettings;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.Image;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Scale;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.docker.HostNodes.Look;
import nocobase.procedures.language.Messages;

/** The nodes of a cluster as containers of one Docker engine, or of several. */
final class DockerRuntime implements ClusterRuntime, AutoCloseable {

    private static final Messages MESSAGES = Messages.of("docker");

    private final Hosts<HostNodes> hosts;
    private final Containers containers;
    private final DatabaseOfNodes database;
    private final Clock clock;
    /** Where each container was seen last: another host may have one of the same name that is none of ours. */
    private final Map<String, HostNodes> places = new ConcurrentHashMap<>();
    /** What each host told last, for as long as it does not answer. */
    private final Map<HostNodes, List<Node>> told = new ConcurrentHashMap<>();

    DockerRuntime(List<HostNodes> hosts, Containers containers, DatabaseSettings database, Clock clock) {
        this.database = new DatabaseOfNodes(database);
        this.containers = containers;
        this.hosts = new Hosts<>(hosts, HostNodes::name);
        this.clock = clock;
    }

    @Override
    public ClusterState observe() {
        return state(look());
    }

    @Override
    public Set<String> containers() {
        return look().stream()
                .flatMap(look -> look.selected().stream())
                .map(NodeContainer::id)
                .collect(Collectors.toSet());
    }

    /** Name of the Docker engine that has the cluster's first node. */
    String hostOfFirst() {
        lookAround();
        String first = known().first().name();
        return hosts.all().stream()
                .filter(host -> told.getOrDefault(host, List.of()).stream()
                        .anyMatch(node -> node.name().equals(first)))
                .map(HostNodes::name)
                .findFirst()
                .orElseThrow();
    }

    @Override
    public Progress<Image> pull(Version version) {
        return HostProgress.images(hosts.ask(host -> host.pull(version)), hosts.names());
    }

    @Override
    public boolean hasImage(Version version) {
        return hosts.ask(host -> host.hasImage(version)).stream().allMatch(here -> here);
    }

    @Override
    public Progress<ClusterState> scale(Scale scale) {
        if (scale.size() == Scale.Size.NONE) {
            // Whatever other hosts say: what runs here stops.
            return nodesIn(
                    HostProgress.states(hosts.ask(host -> host.scale(host.look(), Set.of(), "")), clock.instant()));
        }
        List<Look> looks = look();
        ClusterState state = state(looks);
        requireNodes(state);
        Set<String> wanted = names(scale.nodesOf(state));
        String first = startsAlone(state, wanted);
        return HostProgress.states(hosts.ask(host -> host.scale(of(host, looks), wanted, first)), clock.instant());
    }

    /** The node that starts before the others; empty if others run already, which it would join. */
    private static String startsAlone(ClusterState state, Set<String> wanted) {
        String first = state.first().name();
        return state.running().stream().map(Node::name).anyMatch(name -> wanted.contains(name) && !name.equals(first))
                ? ""
                : first;
    }

    private static Progress<ClusterState> nodesIn(Progress<ClusterState> progress) {
        return progress.then(state -> {
            requireNodes(state);
            return Progress.done(state);
        });
    }

    private static void requireNodes(ClusterState state) {
        if (state.nodes().isEmpty()) {
            throw new CannotProceedException(Failure.of(MESSAGES, "nodes.none."));
        }
    }

    /** A host that does not answer is left out, but its nodes count when it comes to which node is the first. */
    @Override
    public List<Node> beyond(Scale scale) {
        Collection<Look> looks = lookAround();
        ClusterState known = known();
        Set<String> wanted = known.nodes().isEmpty() ? Set.of() : names(scale.nodesOf(known));
        return looks.stream().flatMap(look -> look.beyond(wanted).stream()).toList();
    }

    /** What those hosts tell that answer. */
    private Collection<Look> lookAround() {
        Collection<Look> looks = hosts.answers(HostNodes::look).values();
        looks.forEach(this::remember);
        return looks;
    }

    /** The nodes as each host told them last. */
    private ClusterState known() {
        return new ClusterState(
                hosts.all().stream()
                        .flatMap(host -> told.getOrDefault(host, List.of()).stream())
                        .toList(),
                clock.instant());
    }

    @Override
    public void expel(List<Node> intruders) {
        intruders.forEach(intruder -> {
            HostNodes place = places.get(intruder.name());
            if (place != null) {
                place.expel(intruder.name());
            }
        });
    }

    @Override
    public Progress<Void> asOwned(Node node) {
        HostNodes place = places.get(node.name());
        return place == null ? Progress.done(null) : place.asOwned(node.name());
    }

    @Override
    public void switchVersion(Version version, OperationId operation) {
        String first = first();
        hosts.tell(host -> host.switchVersion(version, operation, first));
    }

    @Override
    public void prepare(Version version, OperationId operation) {
        String first = first();
        hosts.tell(host -> host.prepare(version, operation, first));
    }

    /** Empty where no node serves requests. */
    private String first() {
        return observe().firstIfAny().map(Node::name).orElse("");
    }

    @Override
    public void switchBack(OperationId operation) {
        hosts.tell(host -> host.switchBack(operation));
    }

    @Override
    public void finish(OperationId operation) {
        hosts.tell(host -> host.finish(operation));
    }

    @Override
    public String logTail(String node, int lines) {
        return hosts.answers(host -> host.logTail(node, lines)).values().stream()
                .flatMap(Optional::stream)
                .findFirst()
                .orElse("");
    }

    @Override
    public List<Check> check(Version target) {
        return check(
                target,
                nodes -> new SharedStorage(nodes, containers).seen(hosts.all().size()));
    }

    @Override
    public List<Check> checkFirstStart() {
        List<Check> checks = new ArrayList<>(check(null, nodes -> new SharedStorage(nodes, containers).proven()));
        ofNodes(checks, nodes -> new FirstStartChecks(nodes).run());
        return checks;
    }

    private List<Check> check(Version target, Function<List<NodeContainer>, Check> storage) {
        List<Check> checks = new ArrayList<>(new ClusterChecks(hosts).run(target));
        ofNodes(checks, nodes -> List.of(database.check(nodes), storage.apply(nodes)));
        return checks;
    }

    /** What an engine that does not answer hides is said by its own check already, with what to do. */
    private void ofNodes(List<Check> checks, Function<List<NodeContainer>, List<Check>> question) {
        List<NodeContainer> nodes;
        try {
            nodes = nodes();
        } catch (EngineFault | EngineFailure unusable) {
            return;
        }
        if (!nodes.isEmpty()) {
            checks.addAll(question.apply(nodes));
        }
    }

    /** All nodes on all hosts, as containers, without those that exist only as they were set aside. */
    private List<NodeContainer> nodes() {
        return NodeSelection.nodesAmong(
                look().stream().flatMap(look -> look.selected().stream()).toList());
    }

    @Override
    public void close() {
        hosts.all().forEach(HostNodes::close);
        hosts.close();
    }

    private List<Look> look() {
        List<Look> looks = hosts.ask(HostNodes::look);
        looks.forEach(this::remember);
        return looks;
    }

    private void remember(Look look) {
        told.put(look.host(), look.nodes());
        look.selected().forEach(container -> places.put(container.name(), look.host()));
    }

    private static Look of(HostNodes host, List<Look> looks) {
        return looks.stream().filter(look -> look.host() == host).findFirst().orElseThrow();
    }

    private ClusterState state(List<Look> looks) {
        List<Node> nodes = looks.stream().flatMap(look -> look.nodes().stream()).toList();
        refuseDoubles(looks, nodes);
        return new ClusterState(nodes, clock.instant());
    }

    private static void refuseDoubles(List<Look> looks, List<Node> nodes) {
        Set<String> names = names(nodes);
        if (names.size() == nodes.size()) {
            return;
        }
        for (String name : names) {
            List<String> places = looks.stream()
                    .filter(look ->
                            look.nodes().stream().anyMatch(node -> node.name().equals(name)))
                    .map(look -> look.host().name())
                    .toList();
            if (places.size() > 1) {
                throw new CannotProceedException(
                        Failure.ofNode(name, MESSAGES, "nodes.twice.", String.join(", ", places)));
            }
        }
    }

    private static Set<String> names(List<Node> nodes) {
        return nodes.stream().map(Node::name).collect(Collectors.toSet());
    }
}
