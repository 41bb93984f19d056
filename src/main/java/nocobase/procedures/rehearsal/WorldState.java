package nocobase.procedures.rehearsal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import nocobase.procedures.cluster.ClusterFence;
import nocobase.procedures.cluster.Holding;
import nocobase.procedures.cluster.RehearsalSettings;
import nocobase.procedures.cluster.Version;

/** The simulated cluster as it is kept between calls: plain data, stored as JSON. */
final class WorldState {

    private static final int KEPT_EVENTS = 500;

    List<SimulatedNode> nodes = new ArrayList<>();
    SimulatedDatabase database;
    SimulatedRoute route;
    /** By node: what was under way there when the route left it. */
    Map<String, SimulatedRequests> openRequests = new LinkedHashMap<>();

    /** The version whose faults are in force, or null. */
    Version target;
    /** Pulls by version. */
    Map<String, Work> pulls = new LinkedHashMap<>();
    /** By operation: the versions of the nodes as they were set aside. */
    Map<String, Map<String, Version>> aside = new LinkedHashMap<>();

    /** The mark of the engine that acts, or acted last; null if none did. */
    ClusterFence.Mark fence;

    Map<String, SimulatedRestorePoint> restorePoints = new LinkedHashMap<>();
    /** The restores that were launched, by {@link #restoral}. */
    Map<String, SimulatedRestore> restores = new LinkedHashMap<>();

    /** What restores and new beginnings replaced, the oldest first. */
    List<Aside> asides = new ArrayList<>();

    /** Packages that were added to the storage: name to version. */
    Map<String, String> packages = new LinkedHashMap<>();
    /** Where they came from. */
    Map<String, String> sources = new LinkedHashMap<>();

    /** The sub-applications that have been started: name to the version that their data records. */
    Map<String, Version> subApplications = new LinkedHashMap<>();

    Map<RehearsalFault, Integer> strikes = new EnumMap<>(RehearsalFault.class);
    /** Faults that strike once at the next opportunity, whatever the target. */
    List<RehearsalFault> ordered = new ArrayList<>();

    List<Event> events = new ArrayList<>();
    List<String> violations = new ArrayList<>();

    /**
     * A restore under way or done.
     *
     * @param applied whether the databases were exchanged
     */
    record SimulatedRestore(String restorePoint, Work work, boolean applied) {}

    /** Something that happened. */
    record Event(Instant at, String text) {}

    /** A database, or folders of the storage, that was replaced. */
    record Aside(String operation, Holding.Kind kind, String name, Instant since) {}

    /** An operation restores each restore point once. */
    static String restoral(String restorePoint, String operation) {
        return restorePoint.equals(operation) ? operation : operation + " " + restorePoint;
    }

    /** A cluster that serves the version. */
    static WorldState serving(RehearsalSettings settings, Instant now) {
        Version version = Version.parse(settings.version());
        WorldState world = stopped(settings.nodes(), version, SimulatedDatabase.of(version), now);
        for (SimulatedNode node : world.nodes) {
            node.startedAt = now;
            node.rest(SimulatedNode.Phase.READY, now, "");
            node.load(SimulatedPlugins.enabled(world.database));
        }
        world.route = SimulatedRoute.toNodes(world.nodeNames(), now);
        return world;
    }

    /** A cluster whose nodes are stopped, behind the maintenance page. */
    static WorldState stopped(int nodes, Version version, SimulatedDatabase database, Instant now) {
        WorldState world = new WorldState();
        world.database = database;
        world.pulls.put(version.toString(), new Work(now, now, null));
        world.route = SimulatedRoute.toNodes(List.of(), now);
        IntStream.rangeClosed(1, nodes)
                .mapToObj(i -> SimulatedNode.of("app-" + i, version))
                .forEach(world.nodes::add);
        world.nodes.forEach(node -> node.since = now);
        return world;
    }

    List<String> nodeNames() {
        return nodes.stream().map(node -> node.name).toList();
    }

    SimulatedNode node(String name) {
        return nodes.stream().filter(node -> node.name.equals(name)).findFirst().orElse(null);
    }

    int openRequests(String node, Instant now) {
        SimulatedRequests open = openRequests.get(node);
        return open == null ? 0 : open.at(now);
    }

    boolean last(SimulatedNode node) {
        return nodes.size() > 1 && nodes.get(nodes.size() - 1) == node;
    }

    boolean first(SimulatedNode node) {
        return nodes.get(0) == node;
    }

    List<SimulatedNode> running() {
        return nodes.stream().filter(SimulatedNode::running).toList();
    }

    void happened(Instant at, String text) {
        events.add(new Event(at, text));
        if (events.size() > KEPT_EVENTS) {
            events.remove(0);
        }
    }

    void violated(Instant at, String text) {
        violations.add(text);
        happened(at, "VIOLATION: " + text);
    }

    /** Aims at a version: its faults come into force, with fresh strikes. */
    void aim(Version version) {
        if (!version.equals(target)) {
            target = version;
            strikes.clear();
        }
    }

    void aimAtNothing() {
        target = null;
        strikes.clear();
    }

    /** Whether the fault strikes now; counted. */
    boolean strikes(RehearsalFault fault) {
        return strikes(fault, target);
    }

    /** Whether the fault strikes something that bears that version; counted. */
    boolean strikes(RehearsalFault fault, Version bearer) {
        if (ordered.remove(fault)) {
            return true;
        }
        int before = strikes.getOrDefault(fault, 0);
        if (!RehearsalFault.of(bearer).contains(fault) || !fault.strikesAgainAfter(before)) {
            return false;
        }
        strikes.put(fault, before + 1);
        return true;
    }
}
