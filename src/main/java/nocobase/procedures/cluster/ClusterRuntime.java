package nocobase.procedures.cluster;

import java.util.List;
import java.util.Set;

/**
 * Where the nodes run: Docker today, Swarm and Kubernetes later. Every call ensures a state, returns within seconds and may
 * be repeated. A runtime that does not answer is reported by an unchecked exception (worth another try); what a person must
 * decide by {@link Progress.Failed} or {@link CannotProceedException}.
 */
public interface ClusterRuntime {

    /**
     * All nodes as they are now, each under its own name, also where an operation that was cut short left it only as it was
     * set aside. Never cached.
     */
    ClusterState observe();

    /**
     * The ids of the containers that the selectors fit: no two clusters have one in common. Empty where nodes are no
     * containers.
     */
    default Set<String> containers() {
        return Set.of();
    }

    /** Brings the image of the version to every host. Safe while the cluster serves. */
    Progress<Image> pull(Version version);

    /** Whether every host has the image of the version already. */
    boolean hasImage(Version version);

    /**
     * Runs the nodes that the scale names and stops all others gracefully, each side in parallel. Stopped nodes are kept
     * from coming up by themselves (restart policy {@code no}) until {@link #finish}. Done when each container's state
     * fits; whether a node is ready is the application's question.
     */
    Progress<ClusterState> scale(Scale scale);

    /**
     * Ensures that a node runs as its owner has it. The node that starts first installs or upgrades in one process, also where
     * its owner gives it several, for several would do neither: when it is ready it is stopped, and the next {@link #scale}
     * starts it as it is owned. Done at once for every other node.
     */
    Progress<Void> asOwned(Node node);

    /**
     * What must not run at that scale: the other nodes, and containers that were set aside, running or not, as they are
     * now. Changes nothing.
     */
    List<Node> beyond(Scale scale);

    /**
     * Launches the stop of containers that {@link #beyond} named, and keeps them from coming up again. The application in
     * them gets a second; a container without one is killed at once, before it touches the database. A stop that fails shows
     * at the next look: it still runs.
     */
    void expel(List<Node> intruders);

    /**
     * Makes beforehand what {@link #switchVersion} will put in force: each node's replacement with all its settings, not
     * started, and never taken for a node. Safe while the cluster serves; needs {@link #pull} before. What cannot be made so
     * is refused here, and then nothing is left. Repeated, it mends what does not fit the node any more; {@link #finish}
     * removes what was not used.
     */
    void prepare(Version version, OperationId operation);

    /**
     * Makes every node a stopped node of that version, keeping all that its owner configured. The node as it was is set
     * aside under another name for {@link #switchBack}. Needs {@link #pull} before and {@link Scale#none()}. Whatever an
     * earlier operation left when it was cut short (nodes half made, or set aside only) is brought there too; nothing is
     * deleted.
     */
    void switchVersion(Version version, OperationId operation);

    /** Makes the nodes that {@link #switchVersion} set aside in this operation the nodes again, unchanged and stopped. */
    void switchBack(OperationId operation);

    /**
     * Ends an operation: restores each node's own restart policy, whichever operation took it away, and removes what this
     * one set aside. What other operations of the cluster left that were cut short goes too where the node runs, else it
     * is reported and stays. Nodes that run stay running, volumes are never removed.
     */
    void finish(OperationId operation);

    /** The last lines of a node's log, without secrets; empty if there is none. */
    String logTail(String node, int lines);

    /** The runtime's part of the preconditions for switching to the target version, which may be null (no switch). */
    List<Check> check(Version target);

    /**
     * The runtime's part of the preconditions for a first start: the nodes, their environment and APP_KEY, no node running, and
     * one storage that all of them share and may write (proved by a file that is removed again).
     */
    List<Check> checkFirstStart();
}
