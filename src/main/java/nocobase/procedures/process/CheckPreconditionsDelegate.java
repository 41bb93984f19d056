package nocobase.procedures.process;

import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Version;
import org.springframework.stereotype.Component;

/** Checks all preconditions and keeps the report for the plan, and the version that the procedure begins with. */
@Component
class CheckPreconditionsDelegate extends ClusterDelegate {

    CheckPreconditionsDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        Preconditions.require(step);
        String variable =
                step.text(Variables.TARGET_VERSION) == null ? Variables.RECORDED_VERSION : Variables.PREVIOUS_VERSION;
        step.cluster()
                .application()
                .recordedVersion()
                .map(Version::toString)
                .ifPresent(version -> step.set(variable, version));
    }
}
