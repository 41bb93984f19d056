package nocobase.procedures.process.step;

import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.LoadBalancer;
import nocobase.procedures.cluster.MaintenanceStep;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.process.PrivateLinks;
import nocobase.procedures.process.Variables;
import org.springframework.stereotype.Component;

/** Lets whoever holds the link reach the first node past the maintenance page, to verify it. */
@Component
class OpenPrivateWayInDelegate extends ClusterDelegate {

    private final MaintenancePageContent page;

    OpenPrivateWayInDelegate(Clusters clusters, MaintenancePageContent page) {
        super(clusters);
        this.page = page;
    }

    @Override
    void perform(ExecutionStep step) {
        LoadBalancer balancer = step.cluster().balancer();
        Node first = step.cluster().runtime().observe().first();
        String link = PrivateLinks.next();
        balancer.route(page.closed(step, MaintenanceStep.VERIFYING).withWayIn(first, link));
        step.set(Variables.PRIVATE_LINK, balancer.privateLink(link).toString());
    }
}
