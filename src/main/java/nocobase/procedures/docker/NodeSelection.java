package nocobase.procedures.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nocobase.procedures.cluster.NaturalOrder;
import nocobase.procedures.cluster.NodesSettings;
import nocobase.procedures.cluster.OperationId;

/** Which containers are nodes, and which were set aside. */
final class NodeSelection {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The one order of nodes, here and elsewhere. */
    private static final Comparator<NodeContainer> BY_NAME =
            Comparator.comparing(NodeContainer::name, NaturalOrder.INSTANCE);

    private final NodesSettings settings;
    private final DockerEngine engine;
    private final Asides asides;

    NodeSelection(NodesSettings settings, DockerEngine engine, Asides asides) {
        this.settings = settings;
        this.engine = engine;
        this.asides = asides;
    }

    /** The nodes, as they are now. */
    List<NodeContainer> nodes() {
        return nodesAmong(selected());
    }

    /** The first of the nodes here, also one that exists only as it was set aside; one that serves requests, if any does. */
    Optional<NodeContainer> first() {
        List<NodeContainer> selected = selected();
        return Stream.concat(nodesAmong(selected).stream(), lostAmong(selected).values().stream())
                .min(Comparator.comparing(NodeContainer::worker));
    }

    /** The containers that the operation set aside. */
    List<NodeContainer> setAside(OperationId operation) {
        return selected().stream()
                .filter(container -> container.aside() != null
                        && container.aside().operation().equals(operation))
                .toList();
    }

    /** All containers that the selectors fit, set aside or not, in the order of their names. */
    List<NodeContainer> selected() {
        ArrayNode listed =
                (ArrayNode) engine.get("/containers/json?all=true&filters=" + DockerEngine.encoded(filters()));
        List<NodeContainer> selected = new ArrayList<>();
        for (JsonNode entry : listed) {
            if (fits(entry.path("Labels"))) {
                // Gone in the meantime is no fault: then it is no node.
                engine.container(entry.path("Id").asText())
                        .map(NodeContainer::new)
                        .ifPresent(selected::add);
            }
        }
        selected.sort(BY_NAME);
        return asides.marked(selected);
    }

    /** What was not set aside, and is not made beforehand. */
    static List<NodeContainer> nodesAmong(Collection<NodeContainer> selected) {
        return selected.stream()
                .filter(container -> container.aside() == null && !container.prepared())
                .toList();
    }

    /**
     * Nodes that exist only as an operation that was cut short left them: the newest container that was set aside, by the
     * node's name.
     */
    static Map<String, NodeContainer> lostAmong(Collection<NodeContainer> selected) {
        Set<String> present =
                nodesAmong(selected).stream().map(NodeContainer::name).collect(Collectors.toSet());
        Map<String, NodeContainer> lost = new TreeMap<>();
        for (NodeContainer container : selected) {
            Optional.ofNullable(container.aside())
                    .map(AsideContainer::node)
                    .filter(node -> !present.contains(node))
                    .ifPresent(node -> lost.merge(
                            node, container, (one, other) -> one.createdAt().isAfter(other.createdAt()) ? one : other));
        }
        return lost;
    }

    private String filters() {
        ArrayNode labels = JSON.createArrayNode();
        settings.labels().forEach((key, value) -> labels.add(key + "=" + value));
        if (settings.composeProject() != null && !settings.composeProject().isBlank()) {
            labels.add("com.docker.compose.project=" + settings.composeProject());
        }
        return JSON.createObjectNode().set("label", labels).toString();
    }

    private boolean fits(JsonNode labels) {
        boolean service = settings.composeServices().isEmpty()
                || settings.composeServices()
                        .contains(labels.path("com.docker.compose.service").asText());
        // "docker compose run" makes containers that bear the service's labels.
        boolean oneOff = labels.path("com.docker.compose.oneoff").asText().equalsIgnoreCase("true");
        return service && !oneOff && !labels.has(Marks.ROLE);
    }
}
