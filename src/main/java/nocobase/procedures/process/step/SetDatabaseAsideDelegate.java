package nocobase.procedures.process.step;

import java.util.Map;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.wait.Condition;
import org.springframework.stereotype.Component;

/**
 * Launches a new beginning: the half-made database is kept under another name, an empty one takes its place.
 *
 * <p>Awaited: An empty database stands where the half-made one was.
 */
@Component
class SetDatabaseAsideDelegate extends ClusterDelegate implements Condition {

    SetDatabaseAsideDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        launched(ensured(step));
    }

    @Override
    public String message() {
        return "database-set-aside";
    }

    @Override
    public Progress<Map<String, Object>> look(Step step) {
        return Results.none(ensured(step));
    }

    private static Progress<?> ensured(Step step) {
        return step.cluster().restorePoints().setAside(step.operation());
    }
}
