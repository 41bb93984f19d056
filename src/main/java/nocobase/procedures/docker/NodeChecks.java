package nocobase.procedures.docker;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.language.Messages;

/**
 * What is seen of the nodes from outside. The reasons behind most of it: a node with another {@code APP_KEY} starts healthy
 * and refuses every session; with 512 MiB it is restarted for
 * ever inside a running container (all measured with NocoBase 2.2.15).
 */
final class NodeChecks {

    private static final Messages MESSAGES = Messages.of("docker");

    /** NocoBase has worker ids 0 to 31. */
    private static final int MOST_NODES = 32;

    private static final long GIBIBYTE = 1L << 30;

    /** Variables that differ between the nodes of a sound cluster. */
    private static final Set<String> OWN_PER_NODE =
            Set.of("WORKER_MODE", "HOSTNAME", "HOME", "PATH", "SKIP_SAME_VERSION_UPGRADE", "STAND_IN_NODE");
    /** Variables whose difference breaks sessions, data or the cluster; others are worth a look. */
    private static final Pattern DECISIVE = Pattern.compile(
            "(APP_KEY|APP_ENV|APP_PUBLIC_PATH|API_BASE_PATH|TZ|CLUSTER_MODE|ENCRYPTION_FIELD_KEY(_PATH)?|INIT_.*"
                    + "|DB_.*|REDIS.*|CACHE_.*|QUEUE_.*|LOCK_.*|PUBSUB_.*|WORKER_ID_.*|SUB_APP_.*)");

    private final List<NodeContainer> selected;
    private final List<NodeContainer> nodes;

    /** @param selected all containers that the selectors fit, set aside or not */
    NodeChecks(List<NodeContainer> selected) {
        this.selected = selected;
        this.nodes = NodeSelection.nodesAmong(selected);
    }

    List<Check> run() {
        return nodes.isEmpty()
                ? List.of(count(), setAside())
                : List.of(
                        count(),
                        setAside(),
                        owners(),
                        images(),
                        environment(),
                        restartPolicies(),
                        processes(),
                        init(),
                        memory());
    }

    /** Stands for the worker ids that NocoBase gives its nodes, of which no call refuses the last. */
    private Check count() {
        String name = MESSAGES.text("count.name");
        long serving = nodes.stream().filter(node -> !node.worker()).count();
        if (nodes.isEmpty()) {
            return Check.fail(name, MESSAGES, "count.none.");
        }
        if (serving == 0) {
            return Check.fail(name, MESSAGES, "count.workers.", nodes.size());
        }
        if (nodes.size() > MOST_NODES) {
            return Check.fail(name, MESSAGES, "count.tooMany.", nodes.size(), MOST_NODES);
        }
        return Check.pass(name, MESSAGES.text("count.good", nodes.size(), serving));
    }

    private Check setAside() {
        String name = MESSAGES.text("leftovers.name");
        Set<String> names = nodes.stream().map(NodeContainer::name).collect(Collectors.toSet());
        List<String> only = new ArrayList<>();
        List<String> left = new ArrayList<>();
        for (NodeContainer container : selected) {
            if (container.aside() != null) {
                boolean lost = !names.contains(container.aside().node());
                (lost ? only : left).add(container.name());
            }
        }
        if (!only.isEmpty()) {
            return Check.fail(name, MESSAGES, "leftovers.lost.", String.join(", ", only))
                    .mendedByReturn();
        }
        return left.isEmpty()
                ? Check.pass(name, MESSAGES.text("leftovers.none"))
                : Check.warn(name, MESSAGES, "leftovers.some.", String.join(", ", left));
    }

    /**
     * Stands for the stop of a node, which is no refusal but its end where the container removes itself. Somebody else who creates
     * and removes these containers would undo our work.
     */
    private Check owners() {
        String name = MESSAGES.text("owners.name");
        for (NodeContainer node : nodes) {
            if (!node.label("com.docker.swarm.service.id").isEmpty()
                    || !node.label("io.kubernetes.pod.name").isEmpty()) {
                return Check.fail(name, MESSAGES, "owners.orchestrator.", node.name());
            }
            if (node.removesItself()) {
                return Check.fail(name, MESSAGES, "node.removesItself.", node.name());
            }
        }
        return Check.pass(name, MESSAGES.text("owners.good"));
    }

    /** Stands for the way back, which puts every node on the image that it had: no call refuses a mixed cluster. */
    private Check images() {
        String name = MESSAGES.text("images.name");
        Map<String, List<String>> byImage = new TreeMap<>();
        nodes.forEach(node -> byImage.computeIfAbsent(node.imageId(), id -> new ArrayList<>())
                .add(node.name() + " (" + node.image() + ")"));
        return byImage.size() == 1
                ? Check.pass(name, MESSAGES.text("images.same", nodes.get(0).image()))
                : Check.fail(
                                name,
                                MESSAGES,
                                "images.differ.",
                                byImage.size(),
                                byImage.values().stream()
                                        .map(names -> String.join(", ", names))
                                        .collect(Collectors.joining("; ")))
                        .mendedByReturn();
    }

    /** Stands for the sessions and data that break without any call being refused. Values are compared and never told. */
    private Check environment() {
        String name = MESSAGES.text("environment.name");
        Map<String, Map<String, String>> environments = new LinkedHashMap<>();
        nodes.forEach(node -> environments.put(node.name(), node.variables()));
        Map<String, String> reference = nodes.get(0).variables();
        if (reference.getOrDefault("APP_KEY", "").isEmpty()) {
            return Check.fail(
                    name, MESSAGES, "environment.noAppKey.", nodes.get(0).name());
        }
        Set<String> keys = new TreeSet<>();
        environments.values().forEach(environment -> keys.addAll(environment.keySet()));
        keys.removeAll(OWN_PER_NODE);
        Map<String, List<String>> differing = new TreeMap<>();
        for (String key : keys) {
            environments.forEach((node, environment) -> {
                if (!Objects.equals(environment.get(key), reference.get(key))) {
                    differing.computeIfAbsent(key, any -> new ArrayList<>()).add(node);
                }
            });
        }
        if (differing.isEmpty()) {
            return Check.pass(name, MESSAGES.text("environment.same", keys.size()));
        }
        String finding = MESSAGES.text("environment.differs", nodes.get(0).name(), listed(differing));
        boolean decisive = differing.keySet().stream()
                .anyMatch(key -> DECISIVE.matcher(key).matches());
        return decisive
                ? Check.fail(name, finding, MESSAGES.text("environment.decisiveRemedy"))
                : Check.warn(name, finding, MESSAGES.text("environment.minorRemedy"));
    }

    /** What, and the nodes that have it. */
    private static String listed(Map<String, List<String>> nodesByValue) {
        return nodesByValue.entrySet().stream()
                .map(entry -> MESSAGES.text("list.on", entry.getKey(), String.join(", ", entry.getValue())))
                .collect(Collectors.joining("; "));
    }

    /** Stands for the file that keeps an owner's policy ({@link RestartMemory}): the engine puts none into a root that is read-only. */
    private Check restartPolicies() {
        String name = MESSAGES.text("restart.name");
        for (NodeContainer node : nodes) {
            if (!node.restart().isNo()
                    && node.json().path("HostConfig").path("ReadonlyRootfs").asBoolean()) {
                return Check.fail(name, MESSAGES, "restart.readOnly.", node.name(), node.restart());
            }
        }
        Map<String, List<String>> byPolicy = new TreeMap<>();
        nodes.forEach(node -> byPolicy.computeIfAbsent(node.restart().toString(), any -> new ArrayList<>())
                .add(node.name()));
        if (byPolicy.size() > 1) {
            return Check.warn(name, MESSAGES, "restart.differ.", listed(byPolicy));
        }
        return nodes.get(0).restart().isNo()
                ? Check.warn(name, MESSAGES, "restart.none.")
                : Check.pass(
                        name,
                        MESSAGES.text(
                                "restart.same", byPolicy.keySet().iterator().next()));
    }

    /** Stands for the file that {@link YarnWords} reads and changes. In several processes NocoBase neither installs nor upgrades: see {@link ClusterMode}. */
    private Check processes() {
        String name = MESSAGES.text("processes.name");
        List<NodeContainer> several = nodes.stream()
                .filter(node ->
                        !node.variables().getOrDefault(ClusterMode.VARIABLE, "").isBlank())
                .toList();
        if (several.isEmpty()) {
            return Check.pass(name, MESSAGES.text("processes.one"));
        }
        List<String> untold = several.stream()
                .filter(node -> !YarnWords.reach(node))
                .map(NodeContainer::name)
                .toList();
        return untold.isEmpty()
                ? Check.pass(name, MESSAGES.text("processes.several", ClusterMode.VARIABLE))
                : Check.fail(name, MESSAGES, "processes.untold.", ClusterMode.VARIABLE, String.join(", ", untold));
    }

    /** Stands for the stop, which is tried on nobody: measured with and without. */
    private Check init() {
        String name = MESSAGES.text("init.name");
        List<String> without = nodes.stream()
                .filter(node -> !node.json().path("HostConfig").path("Init").asBoolean())
                .map(NodeContainer::name)
                .toList();
        return without.isEmpty()
                ? Check.pass(name, MESSAGES.text("init.all"))
                : Check.warn(name, MESSAGES, "init.missing.", String.join(", ", without));
    }

    /** Stands for a start, which fails for ever with less (measured). */
    private Check memory() {
        String name = MESSAGES.text("memory.name");
        List<String> small = nodes.stream()
                .filter(node -> limit(node) > 0 && limit(node) < GIBIBYTE)
                .map(node -> node.name() + " (" + (limit(node) >> 20) + " MiB)")
                .toList();
        return small.isEmpty()
                ? Check.pass(name, MESSAGES.text("memory.enough"))
                : Check.warn(name, MESSAGES, "memory.small.", String.join(", ", small));
    }

    private static long limit(NodeContainer node) {
        return node.json().path("HostConfig").path("Memory").asLong();
    }
}
