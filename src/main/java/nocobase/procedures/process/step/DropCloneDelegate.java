package nocobase.procedures.process.step;

import java.time.Duration;
import java.util.Map;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.RestorePoints;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.Variables;
import nocobase.procedures.process.wait.Condition;
import org.springframework.stereotype.Component;

/**
 * Launches the last look at the durable copy of the procedure's own restore point, after which its clone goes.
 *
 * <p>Awaited: The procedure's own restore point stands on its durable copy alone; done where it has none.
 */
@Component
class DropCloneDelegate extends ClusterDelegate implements Condition {

    DropCloneDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        launched(dropped(step));
    }

    @Override
    public String message() {
        return "clone-dropped";
    }

    @Override
    public Duration interval() {
        return Duration.ofSeconds(1);
    }

    @Override
    public Progress<Map<String, Object>> look(Step step) {
        return dropped(step);
    }

    /** A restore point that an earlier operation took is that operation's: retention decides on it. */
    private static Progress<Map<String, Object>> dropped(Step step) {
        String own = step.operation().value();
        RestorePoints restorePoints = step.cluster().restorePoints();
        if (!own.equals(step.text(Variables.RESTORE_POINT))
                || restorePoints.find(own).isEmpty()) {
            return Progress.done(Map.of());
        }
        return Results.none(restorePoints.dropClone(step.operation()));
    }
}
