package nocobase.procedures.process.step;

import nocobase.procedures.cluster.ClusterRuntime;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.MaintenanceStep;
import nocobase.procedures.cluster.Scale;
import nocobase.procedures.process.Variables;
import nocobase.procedures.process.claim.NodeLimits;
import org.springframework.stereotype.Component;

/** Starts the first node only; the condition waits until NocoBase has proved that it is ready. */
@Component
class StartOneNodeDelegate extends ClusterDelegate {

    private final MaintenancePage page;
    private final NodeLimits limits;

    StartOneNodeDelegate(Clusters clusters, NodeLimits limits, MaintenancePage page) {
        super(clusters);
        this.page = page;
        this.limits = limits;
    }

    @Override
    void perform(ExecutionStep step) {
        ClusterRuntime runtime = step.cluster().runtime();
        step.set(Variables.FIRST_NODE, runtime.observe().first().name());
        // Before it starts: under the limit so far, the guard would stop it.
        limits.firstOnly(step.operation());
        launched(runtime.scale(Scale.first()));
        page.show(step, starting(step));
    }

    private static MaintenanceStep starting(ExecutionStep step) {
        if ("first-start".equals(step.text(Variables.PROCEDURE))) {
            return MaintenanceStep.INSTALLING;
        }
        String version = step.required(Variables.VERSION);
        if (version.equals(step.text(Variables.PREVIOUS_VERSION))) {
            return MaintenanceStep.STARTING_PREVIOUS_VERSION;
        }
        return version.equals(step.text(Variables.TARGET_VERSION))
                ? MaintenanceStep.STARTING_NEW_VERSION
                : MaintenanceStep.STARTING;
    }
}
