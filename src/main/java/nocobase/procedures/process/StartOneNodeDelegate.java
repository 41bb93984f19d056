package nocobase.procedures.process;

import nocobase.procedures.cluster.ClusterRuntime;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Scale;
import org.springframework.stereotype.Component;

/** Starts the first node only; the condition waits until NocoBase has proved that it is ready. */
@Component
class StartOneNodeDelegate extends ClusterDelegate {

    StartOneNodeDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        ClusterRuntime runtime = step.cluster().runtime();
        step.set(Variables.FIRST_NODE, runtime.observe().first().name());
        launched(runtime.scale(Scale.first()));
    }
}
