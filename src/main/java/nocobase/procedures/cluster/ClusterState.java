package nocobase.procedures.cluster;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import nocobase.procedures.language.Messages;

/**
 * The nodes of a cluster at one moment, by name. A container that a version switch set aside is none, unless it is all that
 * an operation which was cut short left of the node.
 */
public record ClusterState(List<Node> nodes, Instant observedAt) {

    private static final Messages MESSAGES = Messages.of("cluster");

    public ClusterState {
        nodes = nodes.stream()
                .sorted(Comparator.comparing(Node::name, NaturalOrder.INSTANCE))
                .toList();
    }

    /**
     * The node that starts first, is verified, and remains when the cluster is reduced to one: the lowest name that
     * serves requests.
     *
     * @throws CannotProceedException if no node serves requests
     */
    public Node first() {
        return firstIfAny().orElseThrow(() -> new CannotProceedException(Failure.of(MESSAGES, "nodes.noneServes.")));
    }

    /** The same, empty if no node serves requests. */
    public Optional<Node> firstIfAny() {
        return nodes.stream().filter(node -> !node.worker()).findFirst();
    }

    public List<Node> running() {
        return nodes.stream().filter(Node::running).toList();
    }

    public Optional<Node> node(String name) {
        return nodes.stream().filter(node -> node.name().equals(name)).findFirst();
    }
}
