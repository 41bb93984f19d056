package nocobase.procedures.cluster;

/** When clients are let in again at the end of a version upgrade. */
public enum Traffic {
    /** When all nodes are ready, as NocoBase's documentation has it. */
    AFTER_ALL_NODES,
    /**
     * When the first node is verified by a person and so is the restore point; the others join while it serves. The downtime
     * is shorter by their start. From then on clients write, so a rollback loses what they wrote.
     */
    AFTER_FIRST_NODE
}
