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
 * Launches the way back to the restore point; what it replaces is kept aside.
 *
 * <p>Awaited: Databases and storage are as the restore point has them.
 */
@Component
class RestoreDatabasesDelegate extends ClusterDelegate implements Condition {

    private final MaintenancePageContent page;

    RestoreDatabasesDelegate(Clusters clusters, MaintenancePageContent page) {
        super(clusters);
        this.page = page;
    }

    @Override
    void perform(ExecutionStep step) {
        launched(ensured(step));
        page.show(step, MaintenanceStep.RESTORING);
    }

    @Override
    public String message() {
        return "databases-restored";
    }

    @Override
    public Progress<Map<String, Object>> look(Step step) {
        return Results.none(ensured(step));
    }

    private static Progress<?> ensured(Step step) {
        return step.cluster().restorePoints().restore(step.required(Variables.RESTORE_POINT), step.restoral());
    }
}
