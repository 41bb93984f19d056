package nocobase.procedures.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.dockerjava.api.exception.ConflictException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.FailureException;
import nocobase.procedures.cluster.NaturalOrder;
import nocobase.procedures.cluster.NodesSettings;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.concurrent.Together;
import nocobase.procedures.language.Messages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes each node anew with another image, and back. The node as it was keeps everything under the name {@code
 * <name>-pre-<operation>}; it stays connected to its networks, for a stopped container holds no address.
 *
 * <p>Every step looks at what is there and does the next call only, so that it may be cut between any two: a name that is
 * free with its container set aside means "put what was prepared in its place"; a container that bears the operation's mark
 * means "connect what is missing".
 */
final class VersionSwitch {

    private static final Messages MESSAGES = Messages.of("docker");

    private static final Logger LOG = LoggerFactory.getLogger(VersionSwitch.class);

    private static final int AT_ONCE = 8;

    /** Docker Compose's own mark of the containers that it manages. */
    private static final String COMPOSE_PROJECT = "com.docker.compose.project";

    private final String cluster;
    private final NodesSettings settings;
    private final DockerEngine engine;
    private final NodeSelection selection;
    private final Asides marks;
    private final RestartMemory memory;
    private final SameVersionUpgrade sameVersion;
    private final ClusterMode clusterMode;
    private final Replacements replacements;
    private final Together together = Together.bounded("node-switch-", AT_ONCE);

    VersionSwitch(
            String cluster,
            NodesSettings settings,
            DockerEngine engine,
            NodeSelection selection,
            Asides marks,
            RestartMemory memory,
            SameVersionUpgrade sameVersion,
            ClusterMode clusterMode) {
        this.cluster = cluster;
        this.settings = settings;
        this.engine = engine;
        this.selection = selection;
        this.marks = marks;
        this.memory = memory;
        this.sameVersion = sameVersion;
        this.clusterMode = clusterMode;
        this.replacements = new Replacements(cluster, engine, memory);
    }

    /**
     * Makes beforehand what {@link #to} will put in force, while the nodes run. Not for nodes of Docker Compose: a container that
     * bears its labels is one of the service's to it, and {@code docker compose up} was seen to remove the node and to start the
     * prepared one (Compose 2.26). Theirs are only tried, and made when they are needed.
     *
     * @param first name of the cluster's first node, which may be on another engine; empty if there is none
     */
    void prepare(Version version, OperationId operation, String first) {
        Replacements.Wish wish = wish(version, operation, first);
        removePrepared(prepared -> !prepared.label(Marks.OPERATION).equals(operation.value()));
        List<NodeContainer> nodes = selection.nodes().stream()
                .filter(node -> !node.imageId().equals(wish.imageId()))
                .toList();
        try {
            inTurn(nodes, NodeContainer::refersToContainers, node -> {
                if (node.label(COMPOSE_PROJECT).isEmpty()) {
                    replacements.prepared(node.name(), node, wish);
                    marks.note(node, new AsideContainer(node.name(), operation));
                } else {
                    replacements.tryOut(node, engine.image(wish.reference()));
                }
            });
        } catch (FailureException e) {
            // Nothing is left of a preparation that came to nothing.
            removePrepared(any -> true);
            throw e;
        }
    }

    /** Makes each node's replacement for a moment, of the target's image where it is here, else of the present one's. */
    void tryOut(Version target) {
        Optional<JsonNode> image = engine.image(settings.imageOf(target));
        selection.nodes().forEach(node -> replacements.tryOut(node, image));
    }

    /** Whatever a crash left: the operation that is at work now is the only one. */
    private void removePrepared(Predicate<NodeContainer> which) {
        selection.selected().stream()
                .filter(container ->
                        container.prepared() && container.label(Marks.CLUSTER).equals(cluster) && !container.running())
                .filter(which)
                .forEach(replacements::remove);
    }

    private Replacements.Wish wish(Version version, OperationId operation, String first) {
        String reference = settings.imageOf(version);
        String imageId = engine.image(reference)
                .map(image -> image.path("Id").asText())
                .orElseThrow(() -> new CannotProceedException(Failure.of(MESSAGES, "switch.noImage.", reference)));
        return new Replacements.Wish(operation, reference, imageId, first);
    }

    /** @param first name of the cluster's first node, which may be on another engine; empty if there is none */
    void to(Version version, OperationId operation, String first) {
        Replacements.Wish wish = wish(version, operation, first);
        List<NodeContainer> selected = selection.selected();
        selected.forEach(VersionSwitch::refuseRunning);
        recover(NodeSelection.lostAmong(selected), operation, wish.imageId());
        Map<String, NodeContainer> nodes = nodesByName();
        Map<String, NodeContainer> asides = asidesByNode(operation);
        inTurn(
                names(nodes, asides),
                name -> asides.getOrDefault(name, nodes.get(name)).refersToContainers(),
                name -> new NodeSwitch(name, wish).run(nodes.get(name), asides.get(name)));
    }

    /** A container can only be attached to one that exists: those that others refer to come first. */
    private <T> void inTurn(List<T> things, Predicate<T> refers, Consumer<T> work) {
        Map<Boolean, List<Runnable>> works = things.stream()
                .collect(Collectors.partitioningBy(
                        refers, Collectors.mapping(thing -> () -> work.accept(thing), Collectors.toList())));
        together(works.get(false));
        together(works.get(true));
    }

    /** Clients wait behind the maintenance page: all nodes at once. Each is brought to its end before a fault is thrown. */
    private void together(List<Runnable> works) {
        together.ask(works, work -> {
            work.run();
            return true;
        });
    }

    /**
     * Nodes that an operation which was cut short left under another name only: one that has the image already gets its
     * own name back, any other becomes this operation's to make the node from.
     */
    private void recover(Map<String, NodeContainer> lost, OperationId operation, String imageId) {
        lost.forEach((name, container) -> {
            AsideContainer ours = new AsideContainer(name, operation);
            if (container.name().equals(ours.container())) {
                return;
            }
            LOG.warn("Node {} exists only as {}: an earlier operation was cut short", name, container.name());
            if (container.imageId().equals(imageId)) {
                rename(container, name);
            } else {
                rename(container, ours);
            }
        });
    }

    void back(OperationId operation) {
        Map<String, NodeContainer> nodes = nodesByName();
        together(asidesByNode(operation).entrySet().stream()
                .map(entry -> (Runnable)
                        () -> bringBack(entry.getKey(), entry.getValue(), nodes.get(entry.getKey()), operation))
                .toList());
    }

    private void bringBack(String name, NodeContainer aside, NodeContainer replacement, OperationId operation) {
        if (replacement != null) {
            refuseRunning(replacement);
            refuseForeign(replacement, operation);
            remove(replacement);
        }
        sameVersion.leaveOut(aside, SameVersionUpgrade.Reason.RETURNS);
        clusterMode.asOwned(aside);
        rename(aside, name);
    }

    void finish(OperationId operation) {
        Map<String, NodeContainer> nodes = nodesByName();
        Map<String, NodeContainer> asides = asidesByNode(operation);
        asides.forEach((name, aside) -> {
            if (!nodes.containsKey(name)) {
                // Cut in the middle of a switch: this is all that there is of the node.
                LOG.warn("Node {} exists only as {}: it gets its name back", name, aside.name());
                rename(aside, name);
            }
        });
        selection.nodes().forEach(memory::restore);
        // Last: whatever goes wrong with these, the nodes come up by themselves again.
        selection.nodes().forEach(sameVersion::demand);
        selection.nodes().forEach(clusterMode::forget);
        asides.forEach((name, aside) -> {
            if (nodes.containsKey(name)) {
                remove(aside);
            }
        });
        removeSuperseded(nodes);
        removePrepared(any -> true);
    }

    /**
     * What operations left that were cut short. The one that ends now is the only one at work on this cluster, so a
     * container set aside is of no use any more once its node runs; until then it may be needed.
     */
    private void removeSuperseded(Map<String, NodeContainer> nodes) {
        selection
                .selected()
                .forEach(container -> Optional.ofNullable(container.aside())
                        .filter(aside -> aside.operation().cluster().equals(cluster))
                        .ifPresent(aside -> {
                            NodeContainer node = nodes.get(aside.node());
                            if (node != null && node.running()) {
                                remove(container);
                            } else {
                                LOG.warn(
                                        "Container {} is left from an operation that was cut short; it stays because node {} does"
                                                + " not run.",
                                        container.name(),
                                        aside.node());
                            }
                        }));
    }

    private Map<String, NodeContainer> nodesByName() {
        return byKey(selection.nodes(), NodeContainer::name);
    }

    private Map<String, NodeContainer> asidesByNode(OperationId operation) {
        return byKey(selection.setAside(operation), aside -> aside.aside().node());
    }

    private static Map<String, NodeContainer> byKey(
            List<NodeContainer> containers, Function<NodeContainer, String> key) {
        return containers.stream()
                .sorted(Comparator.comparing(NodeContainer::name, NaturalOrder.INSTANCE))
                .collect(Collectors.toMap(key, Function.identity(), (one, other) -> one, LinkedHashMap::new));
    }

    private static List<String> names(Map<String, NodeContainer> nodes, Map<String, NodeContainer> asides) {
        Set<String> all = new TreeSet<>(NaturalOrder.INSTANCE);
        all.addAll(asides.keySet());
        all.addAll(nodes.keySet());
        return List.copyOf(all);
    }

    private static void refuseRunning(NodeContainer node) {
        if (node.running()) {
            throw new CannotProceedException(Failure.ofNode(node.name(), MESSAGES, "switch.running."));
        }
    }

    private static void refuseForeign(NodeContainer node, OperationId operation) {
        if (!madeBy(node, operation)) {
            throw new CannotProceedException(Failure.ofNode(
                    node.name(),
                    MESSAGES,
                    "switch.nameTaken.",
                    new AsideContainer(node.name(), operation).container()));
        }
    }

    private static boolean madeBy(NodeContainer node, OperationId operation) {
        return node.label(Marks.OPERATION).equals(operation.value())
                && !node.label(Marks.REPLACES).isEmpty();
    }

    private void remove(NodeContainer container) {
        replacements.remove(container);
    }

    private void rename(NodeContainer container, AsideContainer aside) {
        marks.note(container, aside);
        rename(container, aside.container());
    }

    private void rename(NodeContainer container, String name) {
        LOG.info("Renaming container {} to {}", container.name(), name);
        try {
            engine.control().renameContainerCmd(container.id()).withName(name).exec();
        } catch (ConflictException e) {
            throw new CannotProceedException(
                    Failure.ofNode(name, MESSAGES, "switch.notRenamed.", container.name(), DockerEngine.reason(e)));
        }
    }

    /** The switch of one node. */
    private final class NodeSwitch {

        private final String name;
        private final Replacements.Wish wish;

        NodeSwitch(String name, Replacements.Wish wish) {
            this.name = name;
            this.wish = wish;
        }

        /** @param current the container of that name, or null; @param aside the one set aside, or null */
        void run(NodeContainer current, NodeContainer aside) {
            if (aside == null) {
                complete(current);
                if (!current.imageId().equals(wish.imageId())) {
                    // First, so that at each moment a label tells what was set aside.
                    NodeContainer next = replacements.prepared(name, current, wish);
                    memory.silence(current);
                    setAside(current);
                    rename(next, name);
                }
                return;
            }
            if (current == null) {
                rename(replacements.prepared(name, aside, wish), name);
                return;
            }
            refuseForeign(current, wish.operation());
            if (current.imageId().equals(wish.imageId())) {
                replacements.connect(name, current, Recreation.furtherNetworks(aside.json()));
            } else {
                NodeContainer next = replacements.prepared(name, aside, wish);
                remove(current);
                rename(next, name);
            }
        }

        /** An earlier operation may have been cut between making the container and connecting its networks. */
        private void complete(NodeContainer made) {
            String replaced = made.label(Marks.REPLACES);
            if (!replaced.isEmpty()) {
                engine.container(replaced)
                        .ifPresent(old -> replacements.connect(name, made, Recreation.furtherNetworks(old)));
            }
        }

        private void setAside(NodeContainer node) {
            rename(node, new AsideContainer(name, wish.operation()));
        }
    }
}
