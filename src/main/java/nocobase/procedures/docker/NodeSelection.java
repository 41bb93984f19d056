package nocobase.procedures.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import nocobase.procedures.cluster.NodesSettings;
import nocobase.procedures.cluster.OperationId;

/** Which containers are nodes, and which were set aside. */
final class NodeSelection {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** app-2 before app-10. */
    private static final Comparator<NodeContainer> SHORTER_NUMBERS_FIRST = Comparator.comparingInt(
                    (NodeContainer container) -> container.name().length())
            .thenComparing(NodeContainer::name);

    private final NodesSettings settings;
    private final Engine engine;

    NodeSelection(NodesSettings settings, Engine engine) {
        this.settings = settings;
        this.engine = engine;
    }

    /** The nodes, as they are now. */
    List<NodeContainer> nodes() {
        return nodesAmong(selected());
    }

    /** The containers that the operation set aside. */
    List<NodeContainer> setAside(OperationId operation) {
        return selected().stream()
                .filter(container -> SetAside.parse(container.name())
                        .filter(aside -> aside.operation().equals(operation))
                        .isPresent())
                .toList();
    }

    /** All containers that the selectors fit, set aside or not, in the order of their names. */
    List<NodeContainer> selected() {
        ArrayNode listed = (ArrayNode) engine.get("/containers/json?all=true&filters=" + Engine.encoded(filters()));
        List<NodeContainer> selected = new ArrayList<>();
        for (JsonNode entry : listed) {
            if (fits(entry.path("Labels"))) {
                // Gone in the meantime is no fault: then it is no node.
                engine.container(entry.path("Id").asText())
                        .map(NodeContainer::new)
                        .ifPresent(selected::add);
            }
        }
        selected.sort(SHORTER_NUMBERS_FIRST);
        return selected;
    }

    /**
     * A renamed container keeps its labels: its name tells that it was set aside, and, should somebody have renamed it
     * again, the mark of the container that stands for it.
     */
    static List<NodeContainer> nodesAmong(Collection<NodeContainer> selected) {
        Set<String> replaced = selected.stream()
                .map(container -> container.label(Marks.REPLACES))
                .filter(id -> !id.isEmpty())
                .collect(Collectors.toSet());
        return selected.stream()
                .filter(container -> SetAside.parse(container.name()).isEmpty())
                .filter(container -> !replaced.contains(container.id()))
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
            SetAside.parse(container.name())
                    .map(SetAside::node)
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
