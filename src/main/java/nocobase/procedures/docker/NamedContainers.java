package nocobase.procedures.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.StreamSupport;

/**
 * Containers by the names that people and settings give them. A node that an operation which was cut short left under
 * another name only ({@link AsideContainer}) is found there: its mounts and its definition are the node's.
 */
final class NamedContainers {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final DockerEngine engine;
    private final Asides asides;

    NamedContainers(DockerEngine engine, Asides asides) {
        this.engine = engine;
        this.asides = asides;
    }

    Optional<NodeContainer> find(String name) {
        return engine.container(name).map(NodeContainer::new).or(() -> setAside(name));
    }

    /** The newest one. */
    private Optional<NodeContainer> setAside(String name) {
        ObjectNode filter = JSON.createObjectNode();
        filter.putArray("name").add(name + "-pre-"); // found anywhere in a name; the exact form is asked for below
        JsonNode listed = engine.get("/containers/json?all=true&filters=" + DockerEngine.encoded(filter.toString()));
        return StreamSupport.stream(listed.spliterator(), false)
                .flatMap(entry -> engine.container(entry.path("Id").asText()).stream())
                .map(NodeContainer::new)
                .filter(container -> AsideContainer.parse(container.name())
                        .map(AsideContainer::node)
                        .filter(name::equals)
                        .isPresent())
                .filter(container -> asides.of(container)
                        .filter(aside -> aside.node().equals(name))
                        .isPresent())
                .max(Comparator.comparing(NodeContainer::createdAt));
    }
}
