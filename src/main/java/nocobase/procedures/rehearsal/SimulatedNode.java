package nocobase.procedures.rehearsal;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import nocobase.procedures.cluster.NodeState;
import nocobase.procedures.cluster.Version;

/** One node: its container and the NocoBase in it. */
final class SimulatedNode {

    /** Where the node is. */
    enum Phase {
        STOPPED,
        STOPPING,
        /** The container runs, nothing answers yet. */
        BOOTING,
        INSTALLING,
        UPGRADING,
        /** Loads the plugins; its own version is in the database. */
        LOADING,
        READY,
        /** NocoBase's own command changes a plugin: 503, then the application is loaded anew. */
        CHANGING_PLUGINS,
        /** 503 APP_ERROR, never heals. */
        ERROR,
        /** The container ended by itself. */
        ENDED
    }

    /** What happens when the present phase ends. */
    enum Next {
        NOTHING,
        STOPPED,
        STOP_REFUSED,
        BOOTED,
        FINISHED,
        PLUGINS_CHANGED,
        BROKEN,
        ENDED
    }

    String name;
    Version version;
    Phase phase = Phase.STOPPED;
    Instant since;
    /** When the phase ends, or null if it lasts. */
    Instant ends;

    Next next = Next.NOTHING;
    /** When the container was last started, or null. */
    Instant startedAt;
    /** The message of APP_ERROR, or why the container ended; empty otherwise. */
    String message = "";
    /** The change under way, or null. */
    nocobase.procedures.cluster.PluginChange change;
    /** A failure of the last change that was not reported yet, or null. */
    nocobase.procedures.cluster.Failure changeFailure;
    /** The names by which the plugins that this node loaded differ from the built-in ones, either way. */
    List<String> unlikeBuiltIn = List.of();
    /** A failure that the next scaling call reports, once. */
    nocobase.procedures.cluster.Failure unreported;

    static SimulatedNode of(String name, Version version) {
        SimulatedNode node = new SimulatedNode();
        node.name = name;
        node.version = version;
        return node;
    }

    /** It loads the plugins that are enabled now. */
    void load(List<String> enabled) {
        unlikeBuiltIn = difference(enabled);
    }

    /** The enabled plugins as they were when this node last loaded them. */
    List<String> loaded() {
        return difference(unlikeBuiltIn);
    }

    private static List<String> difference(List<String> names) {
        Set<String> difference = new TreeSet<>(SimulatedPlugins.BUILT_IN);
        names.stream().filter(name -> !difference.remove(name)).forEach(difference::add);
        return List.copyOf(difference);
    }

    void enter(Phase entered, Instant now, Instant end, Next then) {
        phase = entered;
        since = now;
        ends = end;
        next = then;
    }

    void rest(Phase entered, Instant now, String why) {
        enter(entered, now, null, Next.NOTHING);
        message = why;
    }

    boolean running() {
        return phase != Phase.STOPPED && phase != Phase.ENDED;
    }

    boolean changesDatabase() {
        return phase == Phase.INSTALLING || phase == Phase.UPGRADING;
    }

    NodeState state() {
        return switch (phase) {
            case STOPPED, ENDED -> NodeState.STOPPED;
            case STOPPING -> NodeState.STOPPING;
            default -> NodeState.RUNNING;
        };
    }
}
