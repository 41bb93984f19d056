package nocobase.procedures.process.step;

import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.cluster.VersionRules;
import nocobase.procedures.language.Messages;
import nocobase.procedures.process.Variables;
import org.springframework.stereotype.Component;

/** What the chosen way back means: the version that fits the data, and the restore point that brings them, if any. */
@Component
class SettleWayBackDelegate extends ClusterDelegate {

    private static final Messages MESSAGES = Messages.of("process");

    SettleWayBackDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        step.set(Variables.RESTORE_POINT, null);
        step.set(Variables.RESTORAL, OperationId.next(step.cluster().name()).value());
        switch (step.required(Variables.WAY_BACK)) {
            case "restore" -> settle(step, step.required(Variables.RESTORE_POINT_CHOSEN));
            case "asIs" -> step.set(Variables.VERSION, step.required(Variables.RECORDED_VERSION));
            case "finish" -> step.set(Variables.VERSION, begun(step).toString());
            default -> leave(step);
        }
    }

    private static Version begun(ExecutionStep step) {
        return VersionRules.begunOn(
                        Version.parse(step.required(Variables.RECORDED_VERSION)),
                        step.cluster().runtime().observe().nodes())
                .orElseThrow();
    }

    /** As it was before anybody chose; a choice that was rejected meanwhile is forgotten. */
    private static void leave(ExecutionStep step) {
        step.set(Variables.VERSION, step.text(Variables.VERSION_FOUND));
        step.set(Variables.RESTORE_POINT, step.text(Variables.RESTORE_POINT_FOUND));
    }

    private static void settle(ExecutionStep step, String id) {
        RestorePoint chosen = step.cluster()
                .restorePoints()
                .find(id)
                .orElseThrow(() -> new IllegalStateException(MESSAGES.text("wayBack.gone", id)));
        step.set(Variables.RESTORE_POINT, id);
        step.set(Variables.VERSION, chosen.version().toString());
    }
}
