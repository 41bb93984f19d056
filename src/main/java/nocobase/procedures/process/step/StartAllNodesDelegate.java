package nocobase.procedures.process.step;

import java.time.Duration;
import java.util.Map;
import nocobase.procedures.cluster.ClusterState;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.MaintenanceStep;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.wait.Condition;
import org.springframework.stereotype.Component;

/**
 * Starts the other nodes together; the first one runs already.
 *
 * <p>Awaited: Every node has proved that it serves the wanted version, and all have the same plugins.
 */
@Component
class StartAllNodesDelegate extends ClusterDelegate implements Condition {

    private final MaintenancePageContent page;

    StartAllNodesDelegate(Clusters clusters, MaintenancePageContent page) {
        super(clusters);
        this.page = page;
    }

    @Override
    void perform(ExecutionStep step) {
        launched(ensured(step));
        page.showBesidePrivateWay(step, MaintenanceStep.STARTING_OTHER_NODES);
    }

    @Override
    public String message() {
        return "all-nodes-ready";
    }

    @Override
    public Duration interval() {
        return Duration.ofMillis(500);
    }

    @Override
    public Progress<Map<String, Object>> look(Step step) {
        return ensured(step).then(state -> Readiness.ofAll(step, state));
    }

    private static Progress<ClusterState> ensured(Step step) {
        return step.cluster().runtime().scale(step.allNodes());
    }
}
