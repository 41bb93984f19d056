package nocobase.procedures.process;

import nocobase.procedures.audit.Inventory.When;
import nocobase.procedures.cluster.Clusters;
import org.springframework.stereotype.Component;

/** Checks all preconditions once more right before the 503 page: hours may have passed since the plan. */
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
        Preconditions.require(step);
    }
}
