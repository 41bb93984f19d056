package nocobase.procedures.process;

import java.util.List;
import nocobase.procedures.cluster.Check;
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
        List<Check> checks = Preconditions.of(step.cluster(), step.version(Variables.TARGET_VERSION));
        step.set(Variables.CHECKS, Json.of(checks));
        Preconditions.requireNoFailure(checks);
        step.cluster()
                .application()
                .recordedVersion()
                .map(Version::toString)
                .ifPresent(version -> step.set(Variables.PREVIOUS_VERSION, version));
    }
}
