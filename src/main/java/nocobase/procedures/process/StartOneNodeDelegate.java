package nocobase.procedures.process;

import nocobase.procedures.cluster.ClusterRuntime;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Scale;
import org.springframework.stereotype.Component;

/** Starts the first node only; the condition waits until NocoBase has proved that it is ready. */
@Component
class StartOneNodeDelegate extends ClusterDelegate {

    private final NodeLimits limits;

    StartOneNodeDelegate(Clusters clusters, NodeLimits limits) {
        super(clusters);
        this.limits = limits;
    }

    @Override
    void perform(ExecutionStep step) {
        ClusterRuntime runtime = step.cluster().runtime();
        step.set(Variables.FIRST_NODE, runtime.observe().first().name());
        // Before it starts: under the limit so far, the guard would stop it.
        limits.firstOnly(step.operation());
        launched(runtime.scale(Scale.first()));
    }
}
