package nocobase.procedures.process.step;

import java.time.Duration;
import java.util.Map;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.wait.Condition;
import org.springframework.stereotype.Component;

/**
 * Launches the durable copy, which is made while the procedure goes on.
 *
 * <p>Awaited: The durable copy is complete and verified.
 */
@Component
class SecureRestorePointDelegate extends ClusterDelegate implements Condition {

    SecureRestorePointDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        launched(ensured(step));
    }

    @Override
    public String message() {
        return "restore-point-verified";
    }

    @Override
    public Duration interval() {
        return Duration.ofMillis(500);
    }

    @Override
    public Progress<Map<String, Object>> look(Step step) {
        return Results.none(ensured(step));
    }

    private static Progress<?> ensured(Step step) {
        return step.cluster().restorePoints().secure(step.operation());
    }
}
