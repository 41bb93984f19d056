package nocobase.procedures.rehearsal;

import java.time.Instant;
import java.util.List;
import nocobase.procedures.cluster.MaintenanceStep;
import nocobase.procedures.cluster.Version;

/**
 * The simulated cluster as an all-knowing observer sees it.
 *
 * @param databaseVersion the version recorded in the database, or null before the first installation
 * @param schema the newest version whose migrations were applied, or null
 * @param nodes all nodes, by name
 * @param route what clients get: {@code maintenance}, {@code maintenance, app-1 under test}, or the nodes' names
 * @param step what the maintenance page says is being done, or null
 * @param events what happened, in order: effects of the ports' calls ({@code route maintenance}, {@code stop app-1}) and
 *     their consequences ({@code app-1 ready}); the newest 500
 * @param violations what a right procedure never does, in order: two first starts at once, an older image on a newer
 *     database, a routed node stopped, a node stopped with requests open, … Empty after every correct run, whatever faults struck
 */
public record RehearsalWorld(
        Version databaseVersion,
        Version schema,
        List<NodeView> nodes,
        String route,
        MaintenanceStep step,
        List<Event> events,
        List<String> violations) {

    /**
     * One node.
     *
     * @param phase {@code STOPPED}, {@code STOPPING}, {@code BOOTING}, {@code INSTALLING}, {@code UPGRADING},
     *     {@code LOADING}, {@code READY}, {@code CHANGING_PLUGINS}, {@code ERROR} or {@code ENDED}
     */
    public record NodeView(String name, Version version, String phase) {}

    /** Something that happened. */
    public record Event(Instant at, String text) {}

    /** The texts of the events, without their times. */
    public List<String> texts() {
        return events.stream().map(Event::text).toList();
    }

    public boolean allReady() {
        return nodes.stream().allMatch(node -> node.phase().equals("READY"));
    }

    static RehearsalWorld of(WorldState state, Instant now) {
        return new RehearsalWorld(
                state.database.version(),
                state.database.schema(),
                state.nodes.stream()
                        .map(node -> new NodeView(node.name, node.version, node.phase.name()))
                        .toList(),
                state.route.text(),
                state.route.step(),
                state.events.stream()
                        .map(event -> new Event(event.at(), event.text()))
                        .toList(),
                List.copyOf(state.violations));
    }
}
