package nocobase.procedures.cluster;

/** Whether a node's container runs. A running node need not be ready: only {@link NocoBase#ready} tells that. */
public enum NodeState {
    /** The container exists and does not run. */
    STOPPED,
    /** The container runs. */
    RUNNING,
    /** The container is stopping: asked to, and not yet gone. */
    STOPPING
}
