package nocobase.procedures.process.step;

import java.time.Duration;
import java.util.Map;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.Image;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.language.Messages;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.Variables;
import nocobase.procedures.process.wait.Condition;
import org.springframework.stereotype.Component;

/**
 * Launches the pull of the target image, while the cluster still serves.
 *
 * <p>Awaited: The target image is on every host, and the package inside is what its tag says.
 */
@Component
class PullTargetImageDelegate extends ClusterDelegate implements Condition {

    private static final Messages MESSAGES = Messages.of("process");

    PullTargetImageDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        launched(step.cluster().runtime().pull(step.version(Variables.TARGET_VERSION)));
    }

    @Override
    public String message() {
        return "target-image-present";
    }

    @Override
    public Duration interval() {
        return Duration.ofMillis(500);
    }

    @Override
    public Progress<Map<String, Object>> look(Step step) {
        Version target = step.version(Variables.TARGET_VERSION);
        return step.cluster().runtime().pull(target).then(image -> labelledRightly(target, image));
    }

    private static Progress<Map<String, Object>> labelledRightly(Version target, Image image) {
        if (target.equals(image.packageVersion())) {
            return Progress.done(Map.of());
        }
        return Progress.failed(Failure.of(
                MESSAGES.text("image.otherVersion", image.reference(), image.packageVersion(), target),
                MESSAGES.text("image.otherVersion.remedy")));
    }
}
