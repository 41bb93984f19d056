package nocobase.procedures.process.step;

import java.util.List;
import nocobase.procedures.audit.Inventory.When;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.FailureException;
import nocobase.procedures.cluster.MayHealException;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.language.Messages;
import nocobase.procedures.process.Json;
import nocobase.procedures.process.PlanWarnings;
import nocobase.procedures.process.Variables;
import org.springframework.stereotype.Component;

/**
 * Checks all preconditions once more right before the maintenance page: hours may have passed since the plan. Nobody waits for the
 * answer and clients are served meanwhile, so that what fails may pass by itself (a foreign session, a Docker engine that is
 * being restarted) before a person is called.
 */
@Component
class CheckPreconditionsAgainDelegate extends ClusterDelegate {

    private static final Messages MESSAGES = Messages.of("process");

    private final Clusters clusters;
    private final InventoryTaking stock;

    CheckPreconditionsAgainDelegate(Clusters clusters, InventoryTaking stock) {
        super(clusters);
        this.clusters = clusters;
        this.stock = stock;
    }

    @Override
    void perform(ExecutionStep step) {
        stock.take(step.cluster().name(), step.operation().value(), When.BEFORE, null);
        String planned = step.text(Variables.CHECKS);
        try {
            Preconditions.require(step, clusters);
        } catch (FailureException e) {
            step.set(Variables.CHECKS, planned == null ? null : Json.of(Json.read(planned)));
            throw new MayHealException(e.failure());
        }
        requireNothingNew(PlanWarnings.in(planned), PlanWarnings.in(step.text(Variables.CHECKS)));
        prepare(step);
    }

    /** Last, right before the maintenance page: an abort before that leaves nothing, any end after it tidies up. */
    private static void prepare(ExecutionStep step) {
        String target = step.text(Variables.TARGET_VERSION);
        if (target != null) {
            step.cluster().runtime().prepare(Version.parse(target), step.operation());
        }
    }

    /** What nobody has accepted a person decides on. The new report is kept: a retry accepts it. */
    private static void requireNothingNew(List<String> accepted, List<String> found) {
        List<String> fresh =
                found.stream().filter(name -> !accepted.contains(name)).toList();
        if (!fresh.isEmpty()) {
            throw new CannotProceedException(Failure.of(
                    MESSAGES.text("checks.newWarnings", String.join(", ", fresh)),
                    MESSAGES.text("checks.newWarningsRemedy")));
        }
    }
}
