package nocobase.procedures.process;

import java.util.Optional;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.Version;
import org.springframework.stereotype.Component;

/** Refuses to start an older image on a newer database: NocoBase itself does not, and spoils the data silently. */
@Component
class CheckRecordedVersionDelegate extends ClusterDelegate {

    CheckRecordedVersionDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        Version version = step.version(Variables.VERSION);
        Optional<Version> recorded = step.cluster().application().recordedVersion();
        if (recorded.isPresent() && version.isBelow(recorded.get())) {
            throw new CannotProceedException(Failure.of(
                    "The database was written by NocoBase " + recorded.get() + ", which is newer than " + version + ".",
                    "Restore the databases of " + version
                            + " first; an older NocoBase on this database would corrupt it."));
        }
    }
}
