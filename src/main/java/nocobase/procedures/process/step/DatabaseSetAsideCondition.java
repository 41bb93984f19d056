package nocobase.procedures.process.step;

import java.util.Map;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.wait.Condition;
import org.springframework.stereotype.Component;

/** An empty database stands where the half-made one was. */
@Component
class DatabaseSetAsideCondition implements Condition {

    @Override
    public String message() {
        return "database-set-aside";
    }

    @Override
    public Progress<Map<String, Object>> look(Step step) {
        return Results.none(step.cluster().restorePoints().setAside(step.operation()));
    }
}
