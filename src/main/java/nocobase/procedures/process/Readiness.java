package nocobase.procedures.process;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nocobase.procedures.cluster.ClusterState;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Scale;
import nocobase.procedures.cluster.Version;

/** Readiness of several nodes together. */
final class Readiness {

    private Readiness() {}

    /** Done when each node of the step is ready; failed as soon as one of them failed. */
    static Progress<Map<String, Object>> ofAll(Step step, ClusterState state) {
        List<String> pending = new java.util.ArrayList<>();
        for (Node node : step.allNodes().nodesOf(state)) {
            Progress<?> ready = ready(step, node);
            if (ready instanceof Progress.Failed<?> failed) {
                return Progress.failed(failed.failure());
            }
            if (ready instanceof Progress.Pending<?> waiting) {
                pending.add(node.name() + ": " + waiting.text());
            }
        }
        return pending.isEmpty() ? Progress.done(Map.of()) : Progress.pending(String.join("; ", pending));
    }

    /** Names of the nodes but the first that run without being ready. */
    static Set<String> unready(Step step, ClusterState state) {
        String first = state.first().name();
        return state.running().stream()
                .filter(node -> !node.name().equals(first))
                .filter(node -> !(ready(step, node) instanceof Progress.Done<?>))
                .map(Node::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * What runs while the unready nodes are stopped: the first node and the others that run already. A node that does not
     * run yet is not started here.
     */
    static Scale withoutThese(ClusterState state, Set<String> unready) {
        Set<String> resting = Stream.concat(
                        unready.stream(),
                        state.nodes().stream().filter(node -> !node.running()).map(Node::name))
                .collect(Collectors.toSet());
        return Scale.all(resting);
    }

    /** The nodes that clients are sent to. */
    static List<Node> serving(Step step, ClusterState state) {
        return step.allNodes().nodesOf(state).stream()
                .filter(Node::running)
                .filter(node -> !node.worker())
                .toList();
    }

    private static Progress<?> ready(Step step, Node node) {
        Version version = step.version(Variables.VERSION);
        return step.cluster().application().ready(node, version);
    }
}
