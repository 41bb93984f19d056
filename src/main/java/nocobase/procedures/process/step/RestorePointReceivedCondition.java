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

/** The restore point of the other cluster is in this cluster's own store, verified. */
@Component
class RestorePointReceivedCondition implements Condition {

    private final Clusters clusters;

    RestorePointReceivedCondition(Clusters clusters) {
        this.clusters = clusters;
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
        RestorePoints source =
                clusters.find(step.required(Variables.SOURCE_CLUSTER)).restorePoints();
        return Results.none(
                step.cluster().restorePoints().receive(step.required(Variables.RESTORE_POINT_CHOSEN), source));
    }
}
