package nocobase.procedures.process.step;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nocobase.procedures.cluster.ClusterState;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.NocoBase;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Scale;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.language.Messages;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.Variables;

/** Readiness of several nodes together. */
final class Readiness {

    private static final Messages MESSAGES = Messages.of("process");

    private Readiness() {}

    /** With the node's name before what it is about: the application does not say it. */
    static <T> Progress<T> named(Node node, Progress<T> progress) {
        return progress instanceof Progress.Pending<T> pending
                ? Progress.pending(named(node, pending.text()))
                : progress;
    }

    private static String named(Node node, String text) {
        return node.name() + ": " + text;
    }

    /** Done when each node of the step is ready; failed as soon as one of them failed. */
    static Progress<Map<String, Object>> ofAll(Step step, ClusterState state) {
        List<String> pending = new ArrayList<>();
        List<NocoBase.Readiness> ready = new ArrayList<>();
        List<Node> nodes = step.allNodes().nodesOf(state);
        List<Progress<NocoBase.Readiness>> answers = ready(step, nodes);
        for (int i = 0; i < nodes.size(); i++) {
            Progress<NocoBase.Readiness> progress = answers.get(i);
            if (progress instanceof Progress.Failed<NocoBase.Readiness> failed) {
                return Progress.failed(failed.failure());
            } else if (progress instanceof Progress.Pending<NocoBase.Readiness> waiting) {
                pending.add(named(nodes.get(i), waiting.text()));
            } else if (progress instanceof Progress.Done<NocoBase.Readiness> done) {
                ready.add(done.result());
            }
        }
        return pending.isEmpty() ? samePlugins(ready) : Progress.pending(String.join("; ", pending));
    }

    /** Nodes of one cluster that load different plugins answer the same request differently. */
    private static Progress<Map<String, Object>> samePlugins(List<NocoBase.Readiness> nodes) {
        for (NocoBase.Readiness node : nodes) {
            NocoBase.Readiness reference = nodes.get(0);
            List<String> lacking = without(reference.plugins(), node.plugins());
            List<String> additional = without(node.plugins(), reference.plugins());
            if (!lacking.isEmpty() || !additional.isEmpty()) {
                return Progress.failed(Failure.ofNode(
                        node.node(),
                        different(node.node(), reference.node(), lacking, additional),
                        MESSAGES.text("plugins.different.remedy"),
                        ""));
            }
        }
        return Progress.done(Map.of());
    }

    private static String different(String node, String reference, List<String> lacking, List<String> additional) {
        String less = String.join(", ", lacking);
        String more = String.join(", ", additional);
        if (more.isEmpty()) {
            return MESSAGES.text("plugins.different.lacks", node, reference, less);
        }
        return less.isEmpty()
                ? MESSAGES.text("plugins.different.has", node, reference, more)
                : MESSAGES.text("plugins.different.both", node, reference, less, more);
    }

    private static List<String> without(List<String> plugins, List<String> others) {
        return plugins.stream().filter(plugin -> !others.contains(plugin)).toList();
    }

    /**
     * Names of the nodes but the first that run without being ready, or with other plugins than the first: a restart helps.
     * While the first does not run clients are on the others: of those only what failed for good counts, for the rest may be
     * busy with a database that was away for a moment.
     */
    static Set<String> unready(Step step, ClusterState state) {
        Node first = state.first();
        List<Node> others = state.running().stream()
                .filter(node -> !node.name().equals(first.name()))
                .toList();
        List<Progress<NocoBase.Readiness>> answers =
                ready(step, Stream.concat(Stream.of(first), others.stream()).toList());
        return IntStream.range(0, others.size())
                .filter(i -> first.running()
                        ? !alike(answers.get(i + 1), answers.get(0))
                        : answers.get(i + 1) instanceof Progress.Failed)
                .mapToObj(i -> others.get(i).name())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean alike(Progress<NocoBase.Readiness> node, Progress<NocoBase.Readiness> reference) {
        if (!(node instanceof Progress.Done<NocoBase.Readiness> ready)) {
            return false;
        }
        return !(reference instanceof Progress.Done<NocoBase.Readiness> first)
                || ready.result().plugins().equals(first.result().plugins());
    }

    /**
     * What runs while the unready nodes are stopped: the first node and the others that run already. A node that does not
     * run yet is not started here.
     */
    static Scale withoutThese(ClusterState state, Set<String> unready) {
        Set<String> resting = Stream.concat(
                        unready.stream(),
                        state.nodes().stream().filter(node -> !node.running()).map(Node::name))
                .collect(Collectors.toSet());
        return Scale.all(resting);
    }

    /** The nodes that clients are sent to. */
    static List<Node> serving(Step step, ClusterState state) {
        return step.allNodes().nodesOf(state).stream()
                .filter(Node::running)
                .filter(node -> !node.worker())
                .toList();
    }

    private static List<Progress<NocoBase.Readiness>> ready(Step step, List<Node> nodes) {
        Version version = step.version(Variables.VERSION);
        return step.cluster().application().ready(nodes, version);
    }
}
