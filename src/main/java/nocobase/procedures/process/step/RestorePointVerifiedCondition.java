package nocobase.procedures.process.step;

import java.time.Duration;
import java.util.Map;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.wait.Condition;
import org.springframework.stereotype.Component;

/** The durable copy is complete and verified. */
@Component
class RestorePointVerifiedCondition implements Condition {

    @Override
    public String message() {
        return "restore-point-verified";
    }

    @Override
    public Duration interval() {
        return Duration.ofMillis(500);
    }

    @Override
    public Progress<Map<String, Object>> look(Step step) {
        return Results.none(step.cluster().restorePoints().secure(step.operation()));
    }
}
