package nocobase.procedures.process.step;

import java.util.Map;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.Variables;
import nocobase.procedures.process.wait.Condition;
import org.springframework.stereotype.Component;

/** The durable copy is complete and verified. */
@Component
class OnlineRestorePointTakenCondition implements Condition {

    @Override
    public String message() {
        return "online-restore-point-taken";
    }

    @Override
    public Progress<Map<String, Object>> look(Step step) {
        return step.cluster()
                .restorePoints()
                .takeOnline(step.work())
                .then(point -> Progress.done(Map.of(Variables.RESTORE_POINT, point.id())));
    }
}
