package nocobase.procedures.process.step;

import java.util.Map;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.wait.Condition;
import org.springframework.stereotype.Component;

/** The cluster can be brought back to this moment. */
@Component
class RestorePointTakenCondition implements Condition {

    @Override
    public String message() {
        return "restore-point-taken";
    }

    @Override
    public Progress<Map<String, Object>> look(Step step) {
        return Results.none(step.cluster().restorePoints().take(step.operation()));
    }
}
