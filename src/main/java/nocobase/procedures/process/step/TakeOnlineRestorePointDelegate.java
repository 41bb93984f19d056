package nocobase.procedures.process.step;

import java.util.Map;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.Variables;
import nocobase.procedures.process.wait.Condition;
import org.springframework.stereotype.Component;

/**
 * Launches a consistent durable copy while the application serves.
 *
 * <p>Awaited: The durable copy is complete and verified.
 */
@Component
class TakeOnlineRestorePointDelegate extends ClusterDelegate implements Condition {

    TakeOnlineRestorePointDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        launched(ensured(step));
    }

    @Override
    public String message() {
        return "online-restore-point-taken";
    }

    @Override
    public Progress<Map<String, Object>> look(Step step) {
        return ensured(step).then(point -> Progress.done(Map.of(Variables.RESTORE_POINT, point.id())));
    }

    private static Progress<RestorePoint> ensured(Step step) {
        return step.cluster().restorePoints().takeOnline(step.work());
    }
}
