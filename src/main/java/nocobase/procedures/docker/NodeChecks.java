package nocobase.procedures.docker;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import nocobase.procedures.cluster.Check;

/**
 * What is seen of the nodes from outside. The reasons behind most of it: a node with another {@code APP_KEY} starts healthy
 * and refuses every session; with storage of its own it loses uploads, plugins and keys; with 512 MiB it is restarted for
 * ever inside a running container (all measured with NocoBase 2.2.15).
 */
final class NodeChecks {

    /** NocoBase has worker ids 0 to 31. */
    private static final int MOST_NODES = 32;

    private static final String STORAGE = "/app/nocobase/storage";
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
                        storage(),
                        restartPolicies(),
                        init(),
                        memory());
    }

    private Check count() {
        String name = "Number of nodes";
        long serving = nodes.stream().filter(node -> !node.worker()).count();
        if (nodes.isEmpty()) {
            return Check.fail(
                    name,
                    "No container fits the selectors.",
                    "Create the node containers, or correct procedures.clusters.<name>.nodes.");
        }
        if (serving == 0) {
            return Check.fail(
                    name,
                    "All " + nodes.size() + " nodes are workers (WORKER_MODE): none serves requests.",
                    "Add a node without WORKER_MODE, or correct procedures.clusters.<name>.nodes.");
        }
        if (nodes.size() > MOST_NODES) {
            return Check.fail(
                    name,
                    nodes.size() + " nodes: NocoBase has worker ids for " + MOST_NODES + " only.",
                    "Remove nodes, or correct procedures.clusters.<name>.nodes.");
        }
        return Check.pass(name, nodes.size() + " nodes, " + serving + " of them serve requests.");
    }

    private Check setAside() {
        String name = "Nothing left of another operation";
        Set<String> names = nodes.stream().map(NodeContainer::name).collect(Collectors.toSet());
        List<String> only = new ArrayList<>();
        List<String> left = new ArrayList<>();
        for (NodeContainer container : selected) {
            if (!nodes.contains(container)) {
                Optional<SetAside> aside = SetAside.parse(container.name());
                boolean lost = aside.filter(it -> !names.contains(it.node())).isPresent();
                (lost ? only : left).add(container.name());
            }
        }
        if (!only.isEmpty()) {
            return Check.fail(
                    name,
                    "These nodes exist only as an interrupted switch left them: " + String.join(", ", only) + ".",
                    "Run \"Return to service\" for this cluster, or rename them back (docker rename).");
        }
        return left.isEmpty()
                ? Check.pass(name, "No container was left set aside.")
                : Check.warn(
                        name,
                        "Containers of an earlier operation are still set aside: " + String.join(", ", left) + ".",
                        "Remove them (docker rm, without -v) once nobody needs that version any more.");
    }

    /** Somebody else who creates and removes these containers would undo our work. */
    private Check owners() {
        String name = "Nobody else manages the nodes";
        for (NodeContainer node : nodes) {
            if (!node.label("com.docker.swarm.service.id").isEmpty()
                    || !node.label("io.kubernetes.pod.name").isEmpty()) {
                return Check.fail(
                        name,
                        "Node " + node.name() + " belongs to Docker Swarm or Kubernetes, which would start it again.",
                        "Use a runtime for that orchestrator; this one is for plain containers.");
            }
            if (node.removesItself()) {
                return Check.fail(
                        name,
                        "Node " + node.name() + " was created with --rm: stopping it would remove it.",
                        "Create the container again without --rm.");
            }
        }
        return Check.pass(name, "Plain containers that stay when they stop.");
    }

    private Check images() {
        String name = "Same image on all nodes";
        Map<String, List<String>> byImage = new TreeMap<>();
        nodes.forEach(node -> byImage.computeIfAbsent(node.imageId(), id -> new ArrayList<>())
                .add(node.name() + " (" + node.image() + ")"));
        return byImage.size() == 1
                ? Check.pass(name, nodes.get(0).image() + " on all.")
                : Check.fail(
                        name,
                        "The nodes run " + byImage.size() + " different images: "
                                + byImage.values().stream()
                                        .map(names -> String.join(", ", names))
                                        .collect(Collectors.joining("; "))
                                + ".",
                        "Bring all nodes to one version first (\"Return to service\").");
    }

    /** Values are compared and never told. */
    private Check environment() {
        String name = "Same environment on all nodes";
        Map<String, Map<String, String>> environments = new LinkedHashMap<>();
        nodes.forEach(node -> environments.put(node.name(), node.environment()));
        Map<String, String> reference = nodes.get(0).environment();
        if (reference.getOrDefault("APP_KEY", "").isEmpty()) {
            return Check.fail(
                    name,
                    "Node " + nodes.get(0).name() + " has no APP_KEY: each start would make sessions of its own.",
                    "Give all nodes the same APP_KEY.");
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
            return Check.pass(name, keys.size() + " variables agree.");
        }
        String finding = "Different from " + nodes.get(0).name() + ": "
                + differing.entrySet().stream()
                        .map(entry -> entry.getKey() + " on " + String.join(", ", entry.getValue()))
                        .collect(Collectors.joining("; "))
                + ".";
        boolean decisive = differing.keySet().stream()
                .anyMatch(key -> DECISIVE.matcher(key).matches());
        return decisive
                ? Check.fail(name, finding, "Give all nodes the same values: sessions and data depend on them.")
                : Check.warn(name, finding, "Accept it if the nodes are meant to differ in this.");
    }

    private Check storage() {
        String name = "Shared storage";
        Map<String, List<String>> bySource = new TreeMap<>();
        for (NodeContainer node : nodes) {
            Optional<JsonNode> mount = mount(node);
            if (mount.isEmpty()) {
                return Check.fail(
                        name,
                        "Node " + node.name() + " has nothing mounted at " + STORAGE
                                + ": its files would be lost with its container.",
                        "Mount the same volume at " + STORAGE + " on all nodes.");
            }
            if (!mount.get().path("RW").asBoolean(true)) {
                return Check.fail(
                        name,
                        "Node " + node.name() + " may only read " + STORAGE + ".",
                        "Mount it writable on all nodes.");
            }
            String source =
                    mount.get().path("Name").asText(mount.get().path("Source").asText());
            bySource.computeIfAbsent(source, any -> new ArrayList<>()).add(node.name());
        }
        return bySource.size() == 1
                ? Check.pass(name, bySource.keySet().iterator().next() + " at " + STORAGE + " on all.")
                : Check.fail(
                        name,
                        "The nodes have different storages: "
                                + bySource.entrySet().stream()
                                        .map(entry -> entry.getKey() + " on " + String.join(", ", entry.getValue()))
                                        .collect(Collectors.joining("; "))
                                + ".",
                        "Mount the same volume at " + STORAGE + " on all nodes.");
    }

    /** Whether something is mounted there, and not for reading only. */
    static boolean mayWriteStorage(NodeContainer node) {
        return mount(node).filter(mount -> mount.path("RW").asBoolean(true)).isPresent();
    }

    private static Optional<JsonNode> mount(NodeContainer node) {
        for (JsonNode mount : node.json().path("Mounts")) {
            if (mount.path("Destination").asText().equals(STORAGE)) {
                return Optional.of(mount);
            }
        }
        return Optional.empty();
    }

    private Check restartPolicies() {
        String name = "Restart policy";
        for (NodeContainer node : nodes) {
            if (!node.restart().isNo()
                    && node.json().path("HostConfig").path("ReadonlyRootfs").asBoolean()) {
                return Check.fail(
                        name,
                        "The file system of node " + node.name() + " is read-only: its restart policy " + node.restart()
                                + " could not be noted while it is stopped.",
                        "Create the container without --read-only, or with the restart policy no.");
            }
        }
        Map<String, List<String>> byPolicy = new TreeMap<>();
        nodes.forEach(node -> byPolicy.computeIfAbsent(node.restart().toString(), any -> new ArrayList<>())
                .add(node.name()));
        if (byPolicy.size() > 1) {
            return Check.warn(
                    name,
                    "The nodes have different restart policies: " + byPolicy + ".",
                    "Accept it, or give all nodes the same (docker update --restart). Each gets its own back at the end.");
        }
        return nodes.get(0).restart().isNo()
                ? Check.warn(
                        name,
                        "No node comes up by itself after a restart of the host (restart policy no).",
                        "Accept it, or set one (docker update --restart unless-stopped).")
                : Check.pass(name, byPolicy.keySet().iterator().next() + " on all.");
    }

    private Check init() {
        String name = "First process of the nodes";
        List<String> without = nodes.stream()
                .filter(node -> !node.json().path("HostConfig").path("Init").asBoolean())
                .map(NodeContainer::name)
                .toList();
        return without.isEmpty()
                ? Check.pass(name, "All have an init process.")
                : Check.warn(
                        name,
                        "No init process on " + String.join(", ", without)
                                + ": docker stop by hand, or a restart of the host, takes 10 s and ends in a kill. The procedure"
                                + " itself tells the application to stop.",
                        "Accept it, or create the containers with an init process (docker run --init, in Compose"
                                + " init: true).");
    }

    private Check memory() {
        String name = "Memory of the nodes";
        List<String> small = nodes.stream()
                .filter(node -> limit(node) > 0 && limit(node) < GIBIBYTE)
                .map(node -> node.name() + " (" + (limit(node) >> 20) + " MiB)")
                .toList();
        return small.isEmpty()
                ? Check.pass(name, "No limit below 1 GiB.")
                : Check.warn(
                        name,
                        "Limited to less than 1 GiB: " + String.join(", ", small) + ".",
                        "Raise the limit (docker update --memory 1g --memory-swap 2g): NocoBase is restarted for ever where"
                                + " it has too little.");
    }

    private static long limit(NodeContainer node) {
        return node.json().path("HostConfig").path("Memory").asLong();
    }
}
