package nocobase.procedures.docker;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Containers;
import nocobase.procedures.language.Messages;

/**
 * Whether the nodes have one storage and may write it: a node with storage of its own loses uploads, plugins and keys
 * (measured with NocoBase 2.2.15). One volume of one Docker engine is one storage; everything else is proven
 * ({@link StorageProof}), because names then tell nothing.
 */
final class SharedStorage {

    private static final Messages MESSAGES = Messages.of("docker");

    private final List<NodeContainer> nodes;
    private final StorageProof proof;

    /** @param nodes on all Docker hosts, at least one */
    SharedStorage(List<NodeContainer> nodes, Containers containers) {
        this.nodes = nodes;
        this.proof = new StorageProof(containers);
    }

    /** @param hosts how many Docker hosts the nodes are on */
    Check seen(int hosts) {
        Set<String> sources = nodes.stream()
                .flatMap(node -> mount(node).stream())
                .map(mount -> mount.path("Name").asText(mount.path("Source").asText()))
                .collect(Collectors.toSet());
        return missing()
                .orElseGet(() -> hosts == 1 && sources.size() == 1
                        ? Check.pass(
                                name(),
                                MESSAGES.text("storage.same", sources.iterator().next(), StorageProof.STORAGE))
                        : proof.of(names()));
    }

    Check proven() {
        return missing().orElseGet(() -> proof.of(names()));
    }

    private List<String> names() {
        return nodes.stream().map(NodeContainer::name).toList();
    }

    private Optional<Check> missing() {
        for (NodeContainer node : nodes) {
            Optional<JsonNode> mount = mount(node);
            if (mount.isEmpty()) {
                return Optional.of(Check.fail(name(), MESSAGES, "storage.none.", node.name(), StorageProof.STORAGE));
            }
            if (!mount.get().path("RW").asBoolean(true)) {
                return Optional.of(
                        Check.fail(name(), MESSAGES, "storage.readOnly.", node.name(), StorageProof.STORAGE));
            }
        }
        return Optional.empty();
    }

    private static String name() {
        return MESSAGES.text("storage.name");
    }

    private static Optional<JsonNode> mount(NodeContainer node) {
        for (JsonNode mount : node.json().path("Mounts")) {
            if (mount.path("Destination").asText().equals(StorageProof.STORAGE)) {
                return Optional.of(mount);
            }
        }
        return Optional.empty();
    }
}
