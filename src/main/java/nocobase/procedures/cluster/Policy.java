package nocobase.procedures.cluster;

/** Whether a procedure may run on a cluster. The documentation: in production "with caution or prohibited". */
public enum Policy {
    /** Anybody who may start procedures may run it. */
    ALLOWED,
    /** A manager approves before anything is touched. */
    APPROVAL,
    /** It is refused at the start. */
    PROHIBITED
}
