package nocobase.procedures.process.step;

import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.MaintenanceStep;
import org.springframework.stereotype.Component;

/** Starts the other nodes together; the first one runs already. */
@Component
class StartAllNodesDelegate extends ClusterDelegate {

    private final MaintenancePage page;

    StartAllNodesDelegate(Clusters clusters, MaintenancePage page) {
        super(clusters);
        this.page = page;
    }

    @Override
    void perform(ExecutionStep step) {
        launched(step.cluster().runtime().scale(step.allNodes()));
        page.showBesidePrivateWay(step, MaintenanceStep.STARTING_OTHER_NODES);
    }
}
