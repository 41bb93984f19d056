package nocobase.procedures.process.step;

import java.util.Map;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.Variables;
import nocobase.procedures.process.wait.Condition;
import org.springframework.stereotype.Component;

/** Databases and storage are as the restore point has them. */
@Component
class DatabasesRestoredCondition implements Condition {

    @Override
    public String message() {
        return "databases-restored";
    }

    @Override
    public Progress<Map<String, Object>> look(Step step) {
        return Results.none(
                step.cluster().restorePoints().restore(step.required(Variables.RESTORE_POINT), step.restoral()));
    }
}
