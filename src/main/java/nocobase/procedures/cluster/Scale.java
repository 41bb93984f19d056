package nocobase.procedures.cluster;

import java.util.List;
import java.util.Set;

/**
 * How many nodes run: none, the first only, or all. This is the whole rule of the documentation, and it fits Docker, Swarm
 * and Kubernetes alike.
 *
 * @param without names of nodes that a person decided to go on without; only with {@link Size#ALL}
 */
public record Scale(Size size, Set<String> without) {

    /** The three sizes. */
    public enum Size {
        NONE,
        FIRST,
        ALL
    }

    public static Scale none() {
        return new Scale(Size.NONE, Set.of());
    }

    public static Scale first() {
        return new Scale(Size.FIRST, Set.of());
    }

    public static Scale all(Set<String> without) {
        return new Scale(Size.ALL, Set.copyOf(without));
    }

    /** The nodes that run at this scale. */
    public List<Node> nodesOf(ClusterState state) {
        return switch (size) {
            case NONE -> List.of();
            case FIRST -> List.of(state.first());
            case ALL ->
                state.nodes().stream()
                        .filter(node -> !without.contains(node.name()))
                        .toList();
        };
    }
}
