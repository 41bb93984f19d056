package nocobase.procedures.rehearsal;

import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.function.BiFunction;
import nocobase.procedures.cluster.ClusterState;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Version;

/** The world of one rehearsal cluster: whoever looks finds it as it has become by now. */
record World(String cluster, WorldStore store, Simulation simulation, Clock clock) {

    /**
     * Looks. Takes the lock, and looks again, only if the world has moved on since it was last kept or the look itself
     * leaves a trace.
     */
    <T> T look(BiFunction<WorldState, Instant, T> question) {
        WorldStore.Kept kept = store.read(cluster);
        Instant now = clock.instant();
        simulation.advance(kept.world(), now);
        T answer = question.apply(kept.world(), now);
        return store.unchanged(kept) ? answer : act(question);
    }

    /** Does something to it; kept also when the deed ends with an exception. */
    <T> T act(BiFunction<WorldState, Instant, T> deed) {
        return store.change(cluster, world -> {
            Instant now = clock.instant();
            simulation.advance(world, now);
            return deed.apply(world, now);
        });
    }

    Pace pace() {
        return simulation.pace();
    }

    static String image(Version version) {
        return "nocobase/nocobase:" + version;
    }

    ClusterState state(WorldState world, Instant now) {
        List<Node> nodes = world.nodes.stream().map(this::view).toList();
        return new ClusterState(nodes, now);
    }

    private Node view(SimulatedNode node) {
        URI url = node.running() ? URI.create("http://" + node.name + "." + cluster + ".invalid:13000") : null;
        return new Node(node.name, node.state(), image(node.version), node.version, false, url, node.startedAt);
    }
}
