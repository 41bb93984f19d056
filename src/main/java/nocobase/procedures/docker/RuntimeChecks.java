package nocobase.procedures.docker;

import java.time.Clock;
import java.util.List;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.NodesSettings;
import nocobase.procedures.cluster.Version;

/** The runtime's part of the preconditions. */
final class RuntimeChecks {
    RuntimeChecks(
            NodesSettings settings,
            Engine engine,
            NodeSelection selection,
            ImagePull pull,
            RestartMemory memory,
            Clock clock) {}

    List<Check> run(Version target) {
        return List.of();
    }
}
