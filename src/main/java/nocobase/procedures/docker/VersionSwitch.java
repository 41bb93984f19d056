package nocobase.procedures.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Collectors;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.NaturalOrder;
import nocobase.procedures.cluster.NodesSettings;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.language.Messages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Makes each node anew with another image, and back. The node as it was keeps everything under the name {@code
 * <name>-pre-<operation>}; it stays connected to its networks, for a stopped container holds no address.
 *
 * <p>Every step looks at what is there and does the next call only, so that it may be cut between any two: a name that is
 * free with its container set aside means "create"; a container that bears the operation's mark means "connect what is
 * missing".
 */
final class VersionSwitch {

    private static final Messages MESSAGES = Messages.of("docker");

    private static final Logger LOG = LoggerFactory.getLogger(VersionSwitch.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final int AT_ONCE = 8;

    private final String cluster;
    private final NodesSettings settings;
    private final Engine engine;
    private final NodeSelection selection;
    private final Asides marks;
    private final RestartMemory memory;
    private final SameVersionUpgrade sameVersion;
    private final ClusterMode clusterMode;

    VersionSwitch(
            String cluster,
            NodesSettings settings,
            Engine engine,
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
    }

    /** @param first name of the cluster's first node, which may be on another engine; empty if there is none */
    void to(Version version, OperationId operation, String first) {
        String reference = settings.imageOf(version);
        String imageId = engine.image(reference)
                .map(image -> image.path("Id").asText())
                .orElseThrow(() -> new CannotProceedException(Failure.of(MESSAGES, "switch.noImage.", reference)));
        List<NodeContainer> selected = selection.selected();
        selected.forEach(VersionSwitch::refuseRunning);
        recover(NodeSelection.lostAmong(selected), operation, imageId);
        Map<String, NodeContainer> nodes = nodesByName();
        Map<String, NodeContainer> asides = new ConcurrentHashMap<>(asidesByNode(operation));
        Map<Boolean, List<Runnable>> switches = names(nodes, asides).stream()
                .collect(Collectors.partitioningBy(
                        name -> asides.getOrDefault(name, nodes.get(name)).refersToContainers(),
                        Collectors.mapping(
                                name -> () -> new NodeSwitch(name, first, operation, reference, imageId, asides)
                                        .run(nodes.get(name), asides.get(name)),
                                Collectors.toList())));
        // A container can only be attached to one that exists: those that others refer to come first.
        together(switches.get(false));
        together(switches.get(true));
    }

    /** Clients wait behind the 503 page: all nodes at once. Each is brought to its end before a fault is thrown. */
    private static void together(List<Runnable> works) {
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE, new CustomizableThreadFactory("node-switch-"));
        try {
            List<CompletableFuture<Void>> begun = works.stream()
                    .map(work -> CompletableFuture.runAsync(work, threads))
                    .toList();
            begun.forEach(work -> work.handle((done, fault) -> null).join());
            begun.forEach(CompletableFuture::join);
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException fault ? fault : e;
        } finally {
            threads.shutdown();
        }
    }

    /**
     * Nodes that an operation which was cut short left under another name only: one that has the image already gets its
     * own name back, any other becomes this operation's to make the node from.
     */
    private void recover(Map<String, NodeContainer> lost, OperationId operation, String imageId) {
        lost.forEach((name, container) -> {
            SetAside ours = new SetAside(name, operation);
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
                    node.name(), MESSAGES, "switch.nameTaken.", new SetAside(node.name(), operation).container()));
        }
    }

    private static boolean madeBy(NodeContainer node, OperationId operation) {
        return node.label(Marks.OPERATION).equals(operation.value())
                && !node.label(Marks.REPLACES).isEmpty();
    }

    private void remove(NodeContainer container) {
        LOG.info("Removing container {} ({}); its volumes stay", container.name(), container.image());
        try {
            engine.control()
                    .removeContainerCmd(container.id())
                    .withRemoveVolumes(false)
                    .exec();
        } catch (NotFoundException e) {
            LOG.debug("Container {} is gone already", container.name());
        }
    }

    private void rename(NodeContainer container, SetAside aside) {
        marks.note(container, aside);
        rename(container, aside.container());
    }

    private void rename(NodeContainer container, String name) {
        LOG.info("Renaming container {} to {}", container.name(), name);
        try {
            engine.control().renameContainerCmd(container.id()).withName(name).exec();
        } catch (ConflictException e) {
            throw new CannotProceedException(
                    Failure.ofNode(name, MESSAGES, "switch.notRenamed.", container.name(), Engine.reason(e)));
        }
    }

    /** The switch of one node. */
    private final class NodeSwitch {

        private final String name;
        private final OperationId operation;
        private final String first;
        private final String reference;
        private final String imageId;
        private final Map<String, NodeContainer> asides;

        NodeSwitch(
                String name,
                String first,
                OperationId operation,
                String reference,
                String imageId,
                Map<String, NodeContainer> asides) {
            this.name = name;
            this.first = first;
            this.operation = operation;
            this.reference = reference;
            this.imageId = imageId;
            this.asides = asides;
        }

        /** @param current the container of that name, or null; @param aside the one set aside, or null */
        void run(NodeContainer current, NodeContainer aside) {
            if (aside == null) {
                complete(current);
                if (!current.imageId().equals(imageId)) {
                    NodeContainer renamed = setAside(current);
                    create(renamed);
                }
                return;
            }
            if (current == null) {
                create(aside);
                return;
            }
            refuseForeign(current, operation);
            if (current.imageId().equals(imageId)) {
                connect(current, Recreation.furtherNetworks(aside.json()));
            } else {
                remove(current);
                create(aside);
            }
        }

        /** An earlier operation may have been cut between making the container and connecting its networks. */
        private void complete(NodeContainer made) {
            String replaced = made.label(Marks.REPLACES);
            if (!replaced.isEmpty()) {
                engine.container(replaced).ifPresent(old -> connect(made, Recreation.furtherNetworks(old)));
            }
        }

        private NodeContainer setAside(NodeContainer node) {
            memory.silence(node);
            rename(node, new SetAside(name, operation));
            NodeContainer renamed = inspect(node.id());
            asides.put(name, renamed);
            return renamed;
        }

        private void create(NodeContainer aside) {
            Recreation recreation = recreation(aside);
            LOG.info("Creating container {} with image {}", name, reference);
            try {
                JsonNode created = engine.post("/containers/create?name=" + Engine.encoded(name), recreation.create());
                connect(inspect(created.path("Id").asText()), recreation.furtherNetworks());
            } catch (EngineFailure e) {
                throw e;
            } catch (DockerException e) {
                throw new CannotProceedException(Failure.ofNode(
                        name, MESSAGES, "switch.notCreated.", reference, Engine.reason(e), aside.name()));
            }
        }

        private void connect(NodeContainer container, Map<String, ObjectNode> networks) {
            JsonNode connected = container.json().path("NetworkSettings").path("Networks");
            networks.forEach((network, endpoint) -> {
                if (!connected.has(network)) {
                    LOG.info("Connecting container {} to network {}", name, network);
                    ObjectNode body = JSON.createObjectNode().put("Container", container.id());
                    body.set("EndpointConfig", endpoint);
                    engine.post("/networks/" + Engine.encoded(network) + "/connect", body);
                }
            });
        }

        private Recreation recreation(NodeContainer aside) {
            JsonNode oldImage = engine.image(aside.imageId())
                    .orElseThrow(() -> new CannotProceedException(
                            Failure.ofNode(name, MESSAGES, "switch.oldImageGone.", aside.image())));
            Map<String, String> marks = new LinkedHashMap<>();
            marks.put(Marks.CLUSTER, cluster);
            marks.put(Marks.OPERATION, operation.value());
            marks.put(Marks.REPLACES, aside.id());
            marks.put(Marks.RESTART, memory.owners(aside).toString());
            if (joins(aside)) {
                marks.put(Marks.JOINS, SameVersionUpgrade.VARIABLE + "=true");
            }
            return Recreation.of(aside.json(), oldImage, reference, marks, this::present);
        }

        /**
         * Not the first node, its owner says nothing of it, and no file can tell it: only then a variable, which stays until
         * the next switch.
         */
        private boolean joins(NodeContainer aside) {
            String said = aside.environment().get(SameVersionUpgrade.VARIABLE);
            boolean ownersWord = said != null && aside.label(Marks.JOINS).isEmpty();
            boolean takesNoFile =
                    aside.json().path("HostConfig").path("ReadonlyRootfs").asBoolean();
            return takesNoFile && !ownersWord && !name.equals(first);
        }

        /** A node that another one refers to by id has another id now. */
        private String present(String id) {
            Optional<String> replaced = asides.entrySet().stream()
                    .filter(aside -> aside.getValue().id().equals(id))
                    .map(Map.Entry::getKey)
                    .findFirst();
            return replaced.flatMap(engine::container)
                    .map(json -> json.path("Id").asText())
                    .orElse(id);
        }

        private NodeContainer inspect(String id) {
            return engine.container(id)
                    .map(NodeContainer::new)
                    .orElseThrow(() -> new EngineFault(MESSAGES.text("switch.vanished", name), null));
        }
    }
}
