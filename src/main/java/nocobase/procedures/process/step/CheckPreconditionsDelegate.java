package nocobase.procedures.process.step;

import nocobase.procedures.audit.Inventory.When;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.process.ProcessKeys;
import nocobase.procedures.process.Variables;
import org.springframework.stereotype.Component;

/** Checks all preconditions and keeps the report for the plan, and what the procedure begins with. */
@Component
class CheckPreconditionsDelegate extends ClusterDelegate {

    private final Clusters clusters;
    private final InventoryTaking stock;
    private final Measuring measuring;

    CheckPreconditionsDelegate(Clusters clusters, InventoryTaking stock, Measuring measuring) {
        super(clusters);
        this.clusters = clusters;
        this.measuring = measuring;
        this.stock = stock;
    }

    @Override
    void perform(ExecutionStep step) {
        stock.take(step.cluster().name(), step.operation().value(), When.BEFORE, null);
        Preconditions.require(step, clusters);
        measuring.measure(step);
        switch (step.required(Variables.PROCEDURE)) {
            case ProcessKeys.VERSION_UPGRADE -> recordedVersion(step, Variables.PREVIOUS_VERSION);
            case ProcessKeys.FIRST_START -> firstStart(step);
            case ProcessKeys.IN_APP_MAINTENANCE -> {
                recordedVersion(step, Variables.RECORDED_VERSION);
                recordedVersion(step, Variables.VERSION);
            }
            default -> recordedVersion(step, Variables.RECORDED_VERSION);
        }
    }

    private static void recordedVersion(ExecutionStep step, String variable) {
        step.cluster()
                .application()
                .recordedVersion()
                .map(Version::toString)
                .ifPresent(version -> step.set(variable, version));
    }

    /** The nodes were made with the version that they install. */
    private static void firstStart(ExecutionStep step) {
        step.set(
                Variables.INSTALLATION,
                step.cluster().application().installation().kind().name());
        step.set(
                Variables.VERSION,
                step.cluster().runtime().observe().first().version().toString());
    }
}
