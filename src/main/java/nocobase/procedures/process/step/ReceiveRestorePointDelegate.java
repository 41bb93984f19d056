package nocobase.procedures.process.step;

import java.time.Duration;
import java.util.Map;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.RestorePoints;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.Variables;
import nocobase.procedures.process.wait.Condition;
import org.springframework.stereotype.Component;

/**
 * Launches the copy of another cluster's restore point into this cluster's own store.
 *
 * <p>Awaited: The restore point of the other cluster is in this cluster's own store, verified.
 */
@Component
class ReceiveRestorePointDelegate extends ClusterDelegate implements Condition {

    private final Clusters clusters;

    ReceiveRestorePointDelegate(Clusters clusters) {
        super(clusters);
        this.clusters = clusters;
    }

    @Override
    void perform(ExecutionStep step) {
        launched(ensured(step));
    }

    @Override
    public String message() {
        return "restore-point-received";
    }

    @Override
    public Duration interval() {
        return Duration.ofSeconds(1);
    }

    @Override
    public Progress<Map<String, Object>> look(Step step) {
        return Results.none(ensured(step));
    }

    private Progress<?> ensured(Step step) {
        RestorePoints source =
                clusters.find(step.required(Variables.SOURCE_CLUSTER)).restorePoints();
        return step.cluster().restorePoints().receive(step.required(Variables.RESTORE_POINT_CHOSEN), source);
    }
}
