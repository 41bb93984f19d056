package nocobase.procedures.process;

import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.LoadBalancer;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Route;
import org.springframework.stereotype.Component;

/** Lets whoever holds the link reach the first node past the 503 page, to verify it. */
@Component
class OpenPrivateWayInDelegate extends ClusterDelegate {

    OpenPrivateWayInDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        LoadBalancer balancer = step.cluster().balancer();
        Node first = step.cluster().runtime().observe().first();
        String link = PrivateLinks.next();
        balancer.route(
                Route.Maintenance.closed(step.operation(), step.downSince()).withWayIn(first, link));
        step.set(Variables.PRIVATE_LINK, balancer.privateLink(link).toString());
    }
}
