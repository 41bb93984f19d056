package nocobase.procedures.process.step;

import nocobase.procedures.cluster.Clusters;
import org.springframework.stereotype.Component;

/** Lets the first node stop gracefully, while the others serve. */
@Component
class StopFirstNodeDelegate extends ClusterDelegate {

    StopFirstNodeDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        launched(step.cluster().runtime().scale(Nodes.allButFirst(step)));
    }
}
