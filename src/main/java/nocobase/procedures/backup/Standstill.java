package nocobase.procedures.backup;

import java.util.stream.Collectors;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.ClusterRuntime;
import nocobase.procedures.cluster.ClusterState;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.language.Messages;

/** The rule that no node runs while databases are cloned or swapped. */
final class Standstill {

    private static final Messages MESSAGES = Messages.of("backup");

    private Standstill() {}

    /** @return the nodes, all stopped */
    static ClusterState require(ClusterRuntime runtime, String purpose) {
        ClusterState state = runtime.observe();
        if (!state.running().isEmpty()) {
            String names = state.running().stream().map(Node::name).collect(Collectors.joining(", "));
            throw new CannotProceedException(Failure.ofNode(
                    state.running().get(0).name(),
                    MESSAGES.text("standstill.running", purpose, names),
                    MESSAGES.text("standstill.running.remedy"),
                    ""));
        }
        return state;
    }
}
