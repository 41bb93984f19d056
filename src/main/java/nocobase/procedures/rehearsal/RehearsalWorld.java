package nocobase.procedures.rehearsal;

import java.time.Instant;
import java.util.List;
import nocobase.procedures.cluster.MaintenanceStep;
import nocobase.procedures.cluster.NodeState;
import nocobase.procedures.cluster.Version;

/**
 * The simulated cluster as an all-knowing observer sees it, for tests and for training.
 *
 * @param at when
 * @param databaseVersion the version recorded in the database, or null before the first installation
 * @param schema the newest version whose migrations were applied, or null
 * @param damage what broke the database, or empty
 * @param nodes all nodes, by name
 * @param route what clients get: {@code maintenance}, {@code maintenance, app-1 under test}, or the nodes' names
 * @param step what the 503 page says is being done, or null
 * @param expectedEnd when the 503 page says that the service is expected back, or null
 * @param target the version whose faults are in force, or null
 * @param events what happened, in order: effects of the ports' calls ({@code route maintenance}, {@code stop app-1}) and
 *     their consequences ({@code app-1 ready}); the newest 500
 * @param violations what a right procedure never does, in order: two first starts at once, an older image on a newer
 *     database, a routed node stopped, a node stopped with requests open, … Empty after every correct run, whatever faults struck
 */
public record RehearsalWorld(
        Instant at,
        Version databaseVersion,
        Version schema,
        String damage,
        List<NodeView> nodes,
        String route,
        MaintenanceStep step,
        Instant expectedEnd,
        Version target,
        List<Event> events,
        List<String> violations) {

    /**
     * One node.
     *
     * @param phase {@code STOPPED}, {@code STOPPING}, {@code BOOTING}, {@code INSTALLING}, {@code UPGRADING},
     *     {@code LOADING}, {@code READY}, {@code CHANGING_PLUGINS}, {@code ERROR} or {@code ENDED}
     */
    public record NodeView(String name, Version version, NodeState state, String phase) {}

    /** Something that happened. */
    public record Event(Instant at, String text) {}

    /** The texts of the events, without their times. */
    public List<String> texts() {
        return events.stream().map(Event::text).toList();
    }

    public boolean allReady() {
        return nodes.stream().allMatch(node -> node.phase().equals("READY"));
    }
}
