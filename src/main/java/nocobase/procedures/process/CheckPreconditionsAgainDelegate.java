package nocobase.procedures.process;

import nocobase.procedures.audit.Inventory.When;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.MayHealException;
import org.springframework.stereotype.Component;

/**
 * Checks all preconditions once more right before the 503 page: hours may have passed since the plan. Nobody waits for the
 * answer and clients are served meanwhile, so that what fails may pass by itself (a foreign session, a Docker engine that is
 * being restarted) before a person is called.
 */
@Component
class CheckPreconditionsAgainDelegate extends ClusterDelegate {

    private final StockTaking stock;

    CheckPreconditionsAgainDelegate(Clusters clusters, StockTaking stock) {
        super(clusters);
        this.stock = stock;
    }

    @Override
    void perform(ExecutionStep step) {
        stock.take(step.cluster().name(), step.operation().value(), When.BEFORE, null);
        try {
            Preconditions.require(step);
        } catch (CannotProceedException e) {
            throw new MayHealException(e.failure());
        }
    }
}
