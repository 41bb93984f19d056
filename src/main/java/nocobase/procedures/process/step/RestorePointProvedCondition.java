package nocobase.procedures.process.step;

import java.time.Duration;
import java.util.Map;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.Variables;
import nocobase.procedures.process.wait.Condition;
import org.springframework.stereotype.Component;

/** The restore point was restored on trial, and its rows are complete. */
@Component
class RestorePointProvedCondition implements Condition {

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
        return Results.none(
                step.cluster().restorePoints().verify(step.required(Variables.RESTORE_POINT_CHOSEN), step.work()));
    }
}
