package nocobase.procedures.process.step;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import nocobase.procedures.cluster.ClusterState;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Scale;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.Variables;

/** Which nodes a step of a maintenance means. */
public final class Nodes {

    private Nodes() {}

    static String names(List<Node> nodes) {
        return nodes.stream().map(Node::name).collect(Collectors.joining(","));
    }

    static List<Node> runningBut(ClusterState state, Node out) {
        return state.running().stream()
                .filter(node -> !node.name().equals(out.name()))
                .toList();
    }

    /** The nodes that clients are sent to, without that one. */
    static List<Node> servingBut(Step step, ClusterState state, Node out) {
        return Readiness.serving(step, state).stream()
                .filter(node -> !node.name().equals(out.name()))
                .toList();
    }

    /** All nodes but the first, and but those that a person decided to go on without. */
    static Scale allButFirst(Step step) {
        Set<String> without = new HashSet<>(step.names(Variables.WITHOUT_NODES));
        without.add(step.cluster().runtime().observe().first().name());
        return Scale.all(without);
    }
}
