package nocobase.procedures.process.step;

import java.util.Optional;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.language.Messages;
import nocobase.procedures.process.Variables;
import org.springframework.stereotype.Component;

/** Refuses to start an older image on a newer database: NocoBase itself does not, and spoils the data silently. */
@Component
class CheckRecordedVersionDelegate extends ClusterDelegate {

    private static final Messages MESSAGES = Messages.of("process");

    CheckRecordedVersionDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        Version version = step.version(Variables.VERSION);
        Optional<Version> recorded = step.cluster().application().recordedVersion();
        if (recorded.isPresent() && version.isBelow(recorded.get())) {
            Failure refused = Failure.of(
                    MESSAGES.text("recordedVersion.newer", recorded.get(), version),
                    MESSAGES.text("recordedVersion.newer.remedy", version));
            throw new CannotProceedException(refused.thatLasts());
        }
    }
}
