package nocobase.procedures.process.step;

import java.util.Map;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.MaintenanceStep;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.Variables;
import nocobase.procedures.process.wait.Condition;
import org.springframework.stereotype.Component;

/**
 * Launches the clone of the databases and the archive of the storage.
 *
 * <p>Awaited: The cluster can be brought back to this moment.
 */
@Component
class TakeRestorePointDelegate extends ClusterDelegate implements Condition {

    private final MaintenancePageContent page;

    TakeRestorePointDelegate(Clusters clusters, MaintenancePageContent page) {
        super(clusters);
        this.page = page;
    }

    @Override
    void perform(ExecutionStep step) {
        launched(ensured(step));
        step.set(Variables.RESTORE_POINT, step.operation().value());
        page.show(step, MaintenanceStep.BACKING_UP);
    }

    @Override
    public String message() {
        return "restore-point-taken";
    }

    @Override
    public Progress<Map<String, Object>> look(Step step) {
        return Results.none(ensured(step));
    }

    private static Progress<?> ensured(Step step) {
        return step.cluster().restorePoints().take(step.operation());
    }
}
