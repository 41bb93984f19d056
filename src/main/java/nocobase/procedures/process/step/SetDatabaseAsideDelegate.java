package nocobase.procedures.process.step;

import nocobase.procedures.cluster.Clusters;
import org.springframework.stereotype.Component;

/** Launches a new beginning: the half-made database is kept under another name, an empty one takes its place. */
@Component
class SetDatabaseAsideDelegate extends ClusterDelegate {

    SetDatabaseAsideDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        launched(step.cluster().restorePoints().setAside(step.operation()));
    }
}
