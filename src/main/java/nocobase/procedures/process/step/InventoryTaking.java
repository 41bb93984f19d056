package nocobase.procedures.process.step;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import nocobase.procedures.audit.Inventories;
import nocobase.procedures.audit.Inventory;
import nocobase.procedures.cluster.Cluster;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Plugin;
import nocobase.procedures.language.Messages;
import nocobase.procedures.process.Wording;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Writes down what a cluster consists of, for the evidence. What cannot be found out is said there; nothing is stopped. */
@Component
public class InventoryTaking {

    private static final Messages MESSAGES = Messages.of("process");
    private static final Logger LOG = LoggerFactory.getLogger(InventoryTaking.class);

    private final Clusters clusters;
    private final Inventories inventories;

    InventoryTaking(Clusters clusters, Inventories inventories) {
        this.clusters = clusters;
        this.inventories = inventories;
    }

    /** @param restorePoint the procedure's, or null as long as it has none */
    public void take(String cluster, String operation, Inventory.When when, String restorePoint) {
        try {
            inventories.record(operation, when, look(clusters.find(cluster), restorePoint));
        } catch (RuntimeException e) {
            LOG.warn("{}: what it consists of is missing in the evidence of {}: {}", cluster, operation, e.toString());
        }
    }

    private static Inventory look(Cluster cluster, String restorePoint) {
        List<String> trouble = new ArrayList<>();
        Map<String, String> nodes = new TreeMap<>();
        for (Node node : found("nodes", () -> cluster.runtime().observe().nodes(), List.<Node>of(), trouble)) {
            nodes.put(node.name(), Wording.version(node.version()) + ", " + Wording.nodeState(node.state()));
        }
        Map<String, String> plugins = new TreeMap<>();
        for (Plugin plugin : found("plugins", () -> cluster.application().plugins(), List.<Plugin>of(), trouble)) {
            plugins.put(plugin.name(), plugin.version() + ", " + Wording.enabled(plugin.enabled()));
        }
        Map<String, String> subApplications =
                found("subApplications", cluster.application()::subApplications, Map.<String, String>of(), trouble);
        String point = restorePoint == null
                ? null
                : found(
                        "restorePoint",
                        () -> Wording.restorePoint(
                                restorePoint, cluster.restorePoints().find(restorePoint)),
                        restorePoint,
                        trouble);
        return new Inventory(nodes, plugins, subApplications, point, String.join(" ", trouble));
    }

    private static <T> T found(String what, Supplier<T> look, T otherwise, List<String> trouble) {
        try {
            return look.get();
        } catch (RuntimeException e) {
            LOG.warn("The {} cannot be found out for the evidence: {}", what, e.toString());
            trouble.add(MESSAGES.text("inventory.missing." + what));
            return otherwise;
        }
    }
}
