package nocobase.procedures.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.FailureException;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.language.Messages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes what a node is replaced by: under a name of its own ({@code <name>-next-<operation>}), with everything that it will
 * have, not started, and compared field by field with its plan. It may lie there for as long as the node runs: it holds no
 * address and no port. Whatever the engine refuses, it refuses then.
 *
 * <p>It bears its owner's labels, for none can be added later. Where Docker Compose's are among them, nothing is kept prepared:
 * Compose 2.26 was seen to take it for the service's container, to start it, and to remove the node ({@link VersionSwitch}).
 */
final class Replacements {

    private static final Messages MESSAGES = Messages.of("docker");

    private static final Logger LOG = LoggerFactory.getLogger(Replacements.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** {@link Marks#ROLE} of a container that was made to see whether it can be made. */
    private static final String TRIAL = "trial";

    private final String cluster;
    private final DockerEngine engine;
    private final RestartMemory memory;

    Replacements(String cluster, DockerEngine engine, RestartMemory memory) {
        this.cluster = cluster;
        this.engine = engine;
        this.memory = memory;
    }

    /**
     * One operation's wish.
     *
     * @param first name of the cluster's first node, which may be on another engine; empty if there is none
     */
    record Wish(OperationId operation, String reference, String imageId, String first) {}

    static String nameOf(String node, OperationId operation) {
        return node + "-next-" + operation;
    }

    /** The node's replacement, not started; one that was prepared is used if it still is what it should be. */
    NodeContainer prepared(String node, NodeContainer old, Wish wish) {
        Recreation plan = plan(node, old, wish);
        String name = nameOf(node, wish.operation());
        Optional<NodeContainer> present = engine.container(name).map(NodeContainer::new);
        if (present.isPresent()) {
            if (!present.get().prepared()) {
                throw new CannotProceedException(Failure.ofNode(node, MESSAGES, "switch.preparedNameTaken.", name));
            }
            if (present.get().imageId().equals(wish.imageId())
                    && present.get().label(Marks.REPLACES).equals(old.id())) {
                NodeContainer connected = connect(node, present.get(), plan.furtherNetworks());
                if (Differences.between(plan, connected.json()).isEmpty()) {
                    return connected;
                }
                LOG.info("Node {} was changed since its replacement was prepared", node);
            }
            remove(present.get());
        }
        return make(node, name, old, plan, wish.reference());
    }

    /** Makes the same under a name for trials, and removes it again. */
    void tryOut(NodeContainer node, Optional<JsonNode> target) {
        String name = node.name() + "-" + TRIAL;
        engine.container(name)
                .map(NodeContainer::new)
                .filter(left -> left.label(Marks.ROLE).equals(TRIAL))
                .ifPresent(this::remove);
        String image = target.map(it -> it.path("Id").asText()).orElse(node.imageId());
        Recreation plan = Recreation.of(
                node.json(),
                oldImage(node.name(), node),
                image,
                Map.of(Marks.CLUSTER, cluster, Marks.ROLE, TRIAL),
                id -> id);
        // What the image declares and nobody mounts would stay behind as a volume.
        engine.image(image).ifPresent(it -> coverUnmounted(it, plan.create()));
        remove(make(node.name(), name, node, plan, image));
    }

    private static void coverUnmounted(JsonNode image, ObjectNode create) {
        ObjectNode host = create.withObject("/HostConfig");
        image.path("Config").path("Volumes").fieldNames().forEachRemaining(path -> {
            boolean mounted = host.path("Binds").toString().contains(":" + path)
                    || host.path("Mounts").toString().contains("\"" + path + "\"")
                    || host.path("Tmpfs").has(path);
            if (!mounted) {
                host.withObject("/Tmpfs").put(path, "");
            }
        });
    }

    private NodeContainer make(String node, String name, NodeContainer old, Recreation plan, String reference) {
        LOG.info("Creating container {} with image {}", name, reference);
        NodeContainer made = null;
        try {
            JsonNode created = engine.post("/containers/create?name=" + DockerEngine.encoded(name), plan.create());
            made = connect(node, inspect(created.path("Id").asText(), name), plan.furtherNetworks());
            List<String> differences = Differences.between(plan, made.json());
            if (!differences.isEmpty()) {
                throw new CannotProceedException(Failure.ofNode(
                        node, MESSAGES, "switch.madeOtherwise.", reference, String.join(", ", differences)));
            }
            return made;
        } catch (EngineFailure e) {
            throw e;
        } catch (FailureException e) {
            removeIfMade(made);
            throw e;
        } catch (DockerException e) {
            removeIfMade(made);
            throw new CannotProceedException(Failure.ofNode(
                    node, MESSAGES, "switch.notCreated.", reference, DockerEngine.reason(e), old.name()));
        }
    }

    private void removeIfMade(NodeContainer made) {
        if (made != null) {
            remove(made);
        }
    }

    NodeContainer connect(String node, NodeContainer container, Map<String, ObjectNode> networks) {
        JsonNode connected = container.json().path("NetworkSettings").path("Networks");
        boolean changed = false;
        for (Map.Entry<String, ObjectNode> network : networks.entrySet()) {
            if (!connected.has(network.getKey())) {
                LOG.info("Connecting container {} to network {}", container.name(), network.getKey());
                ObjectNode body = JSON.createObjectNode().put("Container", container.id());
                body.set("EndpointConfig", network.getValue());
                engine.post("/networks/" + DockerEngine.encoded(network.getKey()) + "/connect", body);
                changed = true;
            }
        }
        return changed ? inspect(container.id(), node) : container;
    }

    private Recreation plan(String node, NodeContainer old, Wish wish) {
        Map<String, String> marks = new LinkedHashMap<>();
        marks.put(Marks.CLUSTER, cluster);
        marks.put(Marks.OPERATION, wish.operation().value());
        marks.put(Marks.REPLACES, old.id());
        marks.put(Marks.NODE, node);
        marks.put(Marks.RESTART, memory.owners(old).toString());
        if (joins(node, old, wish.first())) {
            marks.put(Marks.JOINS, SameVersionUpgrade.VARIABLE + "=true");
        }
        return Recreation.of(
                old.json(), oldImage(node, old), wish.reference(), marks, id -> standingFor(id, wish.operation()));
    }

    private JsonNode oldImage(String node, NodeContainer old) {
        return engine.image(old.imageId())
                .orElseThrow(() -> new CannotProceedException(
                        Failure.ofNode(node, MESSAGES, "switch.oldImageGone.", old.image())));
    }

    /**
     * Not the first node, its owner says nothing of it, and no file can tell it: only then a variable, which stays until the
     * next switch.
     */
    private static boolean joins(String node, NodeContainer old, String first) {
        String said = old.environment().get(SameVersionUpgrade.VARIABLE);
        boolean ownersWord = said != null && old.label(Marks.JOINS).isEmpty();
        boolean takesNoFile =
                old.json().path("HostConfig").path("ReadonlyRootfs").asBoolean();
        return takesNoFile && !ownersWord && !node.equals(first);
    }

    /** A node that another one refers to by id has another id from this operation on. */
    private String standingFor(String id, OperationId operation) {
        return all().stream()
                .filter(container -> container.label(Marks.REPLACES).equals(id))
                .filter(container -> container.label(Marks.OPERATION).equals(operation.value()))
                .findFirst()
                .map(NodeContainer::id)
                .orElse(id);
    }

    /** All replacements of the cluster, prepared or in force. */
    private List<NodeContainer> all() {
        ObjectNode filter = JSON.createObjectNode();
        filter.putArray("label").add(Marks.REPLACES).add(Marks.CLUSTER + "=" + cluster);
        JsonNode listed = engine.get("/containers/json?all=true&filters=" + DockerEngine.encoded(filter.toString()));
        return StreamSupport.stream(listed.spliterator(), false)
                .flatMap(entry -> engine.container(entry.path("Id").asText()).stream())
                .map(NodeContainer::new)
                .toList();
    }

    private NodeContainer inspect(String id, String name) {
        return engine.container(id)
                .map(NodeContainer::new)
                .orElseThrow(() -> new EngineFault(MESSAGES.text("switch.vanished", name), null));
    }

    void remove(NodeContainer container) {
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
}
