package nocobase.procedures.process;

import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Version;
import org.springframework.stereotype.Component;

/** Checks all preconditions and keeps the report for the plan. */
@Component
class CheckPreconditionsDelegate extends ClusterDelegate {

    CheckPreconditionsDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        Preconditions.require(step);
        step.cluster()
                .application()
                .recordedVersion()
                .map(Version::toString)
                .ifPresent(version -> step.set(Variables.PREVIOUS_VERSION, version));
    }
}
