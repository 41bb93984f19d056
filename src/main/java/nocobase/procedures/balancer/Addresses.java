package nocobase.procedures.balancer;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Containers;
import nocobase.procedures.cluster.Containers.ExecResult;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Texts;
import nocobase.procedures.concurrent.Together;
import nocobase.procedures.language.Messages;

/**
 * Finds the nodes' addresses from where nginx stands. The engine may reach a node on another network than nginx does; so nginx's
 * own container is asked for the node's container name first, and the address that the engine uses is the second choice.
 */
final class Addresses {

    private static final Messages MESSAGES = Messages.of("balancer");

    private static final int NODES_AT_ONCE = 16;
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,252}");
    private static final Pattern ADDRESS = Pattern.compile("[0-9.]{7,15}|[0-9A-Fa-f:.]{2,45}");

    private final Containers containers;
    private final String balancer;
    private final Together together = Together.bounded("nodes-", NODES_AT_ONCE);

    Addresses(Containers containers, String balancer) {
        this.containers = containers;
        this.balancer = balancer;
    }

    /** All at once, in the nodes' order. */
    List<Address> of(List<Node> nodes) {
        return together.ask(nodes, this::of);
    }

    Address of(Node node) {
        if (!NAME.matcher(node.name()).matches()) {
            throw new IllegalArgumentException("\"" + Texts.shown(node.name()) + "\" is not a node's name");
        }
        if (node.url() == null) {
            throw new CannotProceedException(Failure.ofNode(
                    node.name(),
                    MESSAGES.text("address.nodeStopped", node.name()),
                    MESSAGES.text("address.nodeStopped.remedy"),
                    ""));
        }
        List<String> resolved = resolve(node.name());
        return resolved.isEmpty()
                ? new Address(node.name(), null, List.of(node.url().getHost()), port(node))
                : new Address(node.name(), node.name(), resolved, port(node));
    }

    private static int port(Node node) {
        return node.url().getPort() < 0 ? 80 : node.url().getPort();
    }

    /** Empty if nginx's container does not know the name, or has no {@code getent}. */
    private List<String> resolve(String name) {
        ExecResult found = containers.exec(balancer, List.of("getent", "hosts", name), LIMIT);
        if (!found.succeeded()) {
            return List.of();
        }
        if (found.output().isBlank()) {
            // An engine that goes away in between ends the output as if the command had said nothing.
            throw new IllegalStateException(MESSAGES.text("resolve.lost", name, balancer));
        }
        return found.output()
                .lines()
                .flatMap(line -> Arrays.stream(line.strip().split("\\s+")).limit(1))
                .filter(address -> ADDRESS.matcher(address).matches())
                .map(address -> address.contains(":") ? "[" + address + "]" : address)
                .sorted()
                .distinct()
                .toList();
    }
}
