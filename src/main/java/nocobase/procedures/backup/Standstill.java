package nocobase.procedures.backup;

import java.util.stream.Collectors;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.ClusterRuntime;
import nocobase.procedures.cluster.ClusterState;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.Node;

/** The rule that no node runs while databases are cloned or swapped. */
final class Standstill {

    private Standstill() {}

    /** @return the nodes, all stopped */
    static ClusterState require(ClusterRuntime runtime, String purpose) {
        ClusterState state = runtime.observe();
        if (!state.running().isEmpty()) {
            String names = state.running().stream().map(Node::name).collect(Collectors.joining(", "));
            throw new CannotProceedException(Failure.ofNode(
                    state.running().get(0).name(),
                    "Nodes still run while " + purpose + ": " + names + ".",
                    "Stop them (and find out who started them), then retry.",
                    ""));
        }
        return state;
    }
}
