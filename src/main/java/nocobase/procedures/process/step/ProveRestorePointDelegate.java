package nocobase.procedures.process.step;

import java.time.Duration;
import java.util.Map;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.Variables;
import nocobase.procedures.process.wait.Condition;
import org.springframework.stereotype.Component;

/**
 * Launches a trial restore, whose rows are counted.
 *
 * <p>Awaited: The restore point was restored on trial, and its rows are complete.
 */
@Component
class ProveRestorePointDelegate extends ClusterDelegate implements Condition {

    ProveRestorePointDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        launched(ensured(step));
    }

    @Override
    public String message() {
        return "restore-point-proved";
    }

    @Override
    public Duration interval() {
        return Duration.ofSeconds(1);
    }

    @Override
    public Progress<Map<String, Object>> look(Step step) {
        return Results.none(ensured(step));
    }

    private static Progress<?> ensured(Step step) {
        return step.cluster().restorePoints().verify(step.required(Variables.RESTORE_POINT_CHOSEN), step.work());
    }
}
