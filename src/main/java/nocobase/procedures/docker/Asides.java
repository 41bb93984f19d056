package nocobase.procedures.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.dockerjava.api.exception.DockerException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.StreamSupport;
import nocobase.procedures.cluster.OperationId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which containers operations have set aside. A renamed container keeps its labels, so the marks are elsewhere: the label of
 * the container that stands for it, and a note in its own file system, which counts under the very name that it tells. A name
 * alone is none: owners may call a node as they like.
 */
final class Asides {

    private static final Logger LOG = LoggerFactory.getLogger(Asides.class);

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FILE = ".nocobase-procedures-set-aside";

    private final DockerEngine engine;
    private final Archives archives;

    Asides(DockerEngine engine, Archives archives) {
        this.engine = engine;
        this.archives = archives;
    }

    /** Before the container gets that name. It counts only once it has. */
    void note(NodeContainer container, AsideContainer aside) {
        try {
            archives.put(container.id(), "/", Map.of(FILE, aside.container().getBytes(StandardCharsets.UTF_8)), 0600);
        } catch (EngineFailure e) {
            throw e;
        } catch (DockerException e) {
            // A file system that is read only: the label of the container that stands for it remains.
            LOG.info("No note in container {}: {}", container.name(), DockerEngine.reason(e));
        }
    }

    /** The same containers, those that were set aside marked as such. */
    List<NodeContainer> marked(List<NodeContainer> containers) {
        return marked(containers, this::noted);
    }

    /** @param noted what the note in a container says, if there is one */
    static List<NodeContainer> marked(
            List<NodeContainer> containers, Function<NodeContainer, Optional<AsideContainer>> noted) {
        Map<String, NodeContainer> replacements = new HashMap<>();
        containers.forEach(container -> {
            if (!container.label(Marks.REPLACES).isEmpty()) {
                replacements.put(container.label(Marks.REPLACES), container);
            }
        });
        return containers.stream()
                .map(container -> container.asSetAside(byLabel(container, replacements, noted)
                        .or(() -> byNote(container, noted))
                        .orElse(null)))
                .toList();
    }

    /** Whether that one container was set aside, whatever the settings select. */
    Optional<AsideContainer> of(NodeContainer container) {
        ObjectNode filter = JSON.createObjectNode();
        filter.putArray("label").add(Marks.REPLACES + "=" + container.id());
        JsonNode listed = engine.get("/containers/json?all=true&filters=" + DockerEngine.encoded(filter.toString()));
        List<NodeContainer> all = StreamSupport.stream(listed.spliterator(), false)
                .flatMap(entry -> engine.container(entry.path("Id").asText()).stream())
                .map(NodeContainer::new)
                .toList();
        return marked(with(container, all)).stream()
                .filter(it -> it.id().equals(container.id()))
                .findFirst()
                .map(NodeContainer::aside);
    }

    private static List<NodeContainer> with(NodeContainer one, Collection<NodeContainer> others) {
        return java.util.stream.Stream.concat(java.util.stream.Stream.of(one), others.stream())
                .toList();
    }

    private static Optional<AsideContainer> byLabel(
            NodeContainer container,
            Map<String, NodeContainer> replacements,
            Function<NodeContainer, Optional<AsideContainer>> noted) {
        NodeContainer replacement = replacements.get(container.id());
        if (replacement == null) {
            return Optional.empty();
        }
        if (replacement.prepared()) {
            // It does not stand for it yet; unless cut between the two renamings.
            return operation(replacement)
                    .map(operation -> new AsideContainer(replacement.label(Marks.NODE), operation))
                    .filter(aside -> aside.container().equals(container.name()));
        }
        // It may have been set aside itself, by a later operation.
        String node = byLabel(replacement, replacements, noted)
                .or(() -> byNote(replacement, noted))
                .map(AsideContainer::node)
                .orElse(replacement.name());
        return operation(replacement).map(operation -> new AsideContainer(node, operation));
    }

    private static Optional<OperationId> operation(NodeContainer container) {
        try {
            return Optional.of(new OperationId(container.label(Marks.OPERATION)));
        } catch (IllegalArgumentException notOurs) {
            return Optional.empty();
        }
    }

    /** Where the name does not have the form, nobody needs to look into the container. */
    private static Optional<AsideContainer> byNote(
            NodeContainer container, Function<NodeContainer, Optional<AsideContainer>> noted) {
        return AsideContainer.parse(container.name())
                .flatMap(named -> noted.apply(container).filter(named::equals));
    }

    private Optional<AsideContainer> noted(NodeContainer container) {
        return archives.read(container.id(), "/" + FILE)
                .flatMap(bytes -> AsideContainer.parse(new String(bytes, StandardCharsets.UTF_8).strip()));
    }
}
