package nocobase.procedures.process.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nocobase.procedures.cluster.Cluster;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Holding;
import nocobase.procedures.cluster.Plugin;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.language.Messages;
import nocobase.procedures.language.Sizes;
import nocobase.procedures.process.Choices;
import nocobase.procedures.process.Json;
import nocobase.procedures.process.Moments;
import nocobase.procedures.process.Variables;
import nocobase.procedures.process.WaysBack;
import nocobase.procedures.process.Wording;
import nocobase.procedures.process.step.PruneRestorePointsDelegate;
import nocobase.procedures.security.Forms;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the tasks of a maintenance show: the plugins, what is kept, what retention would remove, and what other clusters offer. */
final class WorkEvidence {

    private static final Messages MESSAGES = Messages.of("process");
    private static final Logger LOG = LoggerFactory.getLogger(WorkEvidence.class);

    private WorkEvidence() {}

    static void showIn(DelegateTask task, Cluster cluster, Clusters clusters) {
        List<String> fields = Forms.questions(task.getId());
        if (fields.contains(Variables.WORK)) {
            List<RestorePoint> points = cluster.restorePoints().list();
            List<Plugin> plugins = cluster.application().plugins();
            task.setVariableLocal(
                    "plugins", Json.of(plugins.stream().map(WorkEvidence::row).toList()));
            task.setVariableLocal(
                    "pluginOptions",
                    Json.of(plugins.stream().map(WorkEvidence::option).toList()));
            task.setVariableLocal(
                    "holdings", Json.of(rows(cluster.restorePoints().holdings())));
            task.setVariableLocal("restorePointOptions", Json.of(WaysBack.restorePoints(points)));
            task.setVariableLocal("sourceOptions", Json.of(offers(cluster, clusters)));
        }
        if (fields.contains("pruneNow")) {
            task.setVariableLocal(
                    "surplus", Json.of(rows(cluster.restorePoints().surplus(kept(task)))));
        }
    }

    /** As {@link PruneRestorePointsDelegate} keeps it. */
    private static Set<String> kept(DelegateTask task) {
        Object own = task.getVariable(Variables.RESTORE_POINT);
        return own == null ? Set.of() : Set.of(own.toString());
    }

    /** By its package, which an update needs. */
    private static Map<String, String> option(Plugin plugin) {
        boolean packaged = plugin.packageName() != null && !plugin.packageName().isBlank();
        return Choices.option(
                plugin.version() == null ? plugin.name() : plugin.name() + " " + plugin.version(),
                packaged ? plugin.packageName() : plugin.name());
    }

    private static Map<String, String> row(Plugin plugin) {
        return Map.of(
                "name", plugin.name(),
                "version", plugin.version() == null ? "" : plugin.version(),
                "state", state(plugin),
                "kind", MESSAGES.text(plugin.builtIn() ? "plugin.builtIn" : "plugin.added"));
    }

    private static String state(Plugin plugin) {
        return plugin.enabled() && !plugin.installed()
                ? MESSAGES.text("plugin.enabledNotInstalled")
                : Wording.enabled(plugin.enabled());
    }

    static List<Map<String, String>> rows(List<Holding> holdings) {
        return holdings.stream()
                .map(holding -> Map.of(
                        "kind", MESSAGES.text("holding." + holding.kind()),
                        "name", holding.name(),
                        "size", holding.size() == 0 ? "" : Sizes.shown(holding.size()),
                        "since", Moments.shown(holding.since())))
                .toList();
    }

    /** One cluster that does not answer takes nothing from the others. */
    private static List<Map<String, String>> offers(Cluster here, Clusters clusters) {
        List<Map<String, String>> offers = new ArrayList<>();
        for (Cluster other : clusters.all()) {
            if (!other.name().equals(here.name())) {
                offers.addAll(offersOf(other));
            }
        }
        return offers;
    }

    private static List<Map<String, String>> offersOf(Cluster other) {
        try {
            return WaysBack.restorePoints(other.restorePoints().list()).stream()
                    .map(option -> Choices.option(
                            other.name() + ": " + option.get("label"), other.name() + "/" + option.get("value")))
                    .toList();
        } catch (RuntimeException e) {
            LOG.warn("{}: its restore points cannot be offered: {}", other.name(), e.toString());
            return List.of();
        }
    }
}
