package nocobase.procedures.process;

import org.camunda.bpm.engine.delegate.DelegateExecution;

/** Names of the process variables that several steps share. */
public final class Variables {

    /** Name of the cluster. */
    public static final String CLUSTER = "cluster";
    /** Process id of the procedure. */
    public static final String PROCEDURE = "procedure";
    /** Version to upgrade to. */
    public static final String TARGET_VERSION = "targetVersion";
    /** Version recorded in the database when the procedure began. */
    public static final String PREVIOUS_VERSION = "previousVersion";
    /** Version recorded in the database when a return to service began, absent if there is none. */
    public static final String RECORDED_VERSION = "recordedVersion";
    /** Version that a fragment brings up: the target, the previous one in a rollback, or the one that the data fit. */
    public static final String VERSION = "version";
    /** Why the procedure was started. */
    public static final String REASON = "reason";
    /** Who started the procedure. */
    public static final String STARTER = "starter";
    /** Start of the maintenance window (ISO 8601, UTC), absent if it begins at once. */
    public static final String WINDOW = "window";
    /** End of the maintenance window (ISO 8601, UTC): after it the work does not begin by itself. */
    public static final String WINDOW_END = "windowEnd";
    /** Whether clients got the 503 page already when the service was to be suspended once more. */
    public static final String PAGE_SERVED = "pageServed";
    /** Whether nodes were asked to stop since the 503 page went up. */
    public static final String STOP_BEGUN = "stopBegun";
    /** Id of the restore point. */
    public static final String RESTORE_POINT = "restorePoint";
    /** Id of this restore, where an operation may restore more than once: the same restore point again is a restore of its own. */
    public static final String RESTORAL = "restoral";
    /** Version that was there before another way back was chosen. */
    public static final String VERSION_FOUND = "versionFound";
    /** Restore point that was there before another way back was chosen. */
    public static final String RESTORE_POINT_FOUND = "restorePointFound";
    /** Whether a way back is chosen in the course of something: "none" leads back there. */
    public static final String CHOOSING_AGAIN = "choosingAgain";
    /** Set once a route to the new version was set: from then on clients may have written. */
    public static final String TRAFFIC_RETURNED = "trafficReturned";
    /** Whether clients are let in as soon as the first node is verified. */
    public static final String TRAFFIC_AFTER_FIRST_NODE = "trafficAfterFirstNode";
    /** What a person chose as the way back: {@code asIs}, {@code finish}, {@code restore} or {@code none}. */
    public static final String WAY_BACK = "wayBack";
    /** What the database held when a first start began: a name of {@link nocobase.procedures.cluster.Installation.Kind}. */
    public static final String INSTALLATION = "installation";
    /** Nodes that clients are no longer sent to and that stop next, comma-separated. */
    public static final String LEAVING_NODES = "leavingNodes";
    /** The work that a person chose in a maintenance. */
    public static final String WORK = "work";
    /** Id of that piece of work, of the form of an operation id. */
    public static final String WORK_OPERATION = "workOperation";
    /** Id of the restore point that a person chose. */
    public static final String RESTORE_POINT_CHOSEN = "restorePointChosen";
    /** Cluster whose restore point is received. */
    public static final String SOURCE_CLUSTER = "sourceCluster";
    /** Result of the preconditions, a JSON list. */
    public static final String CHECKS = "checks";
    /** Why the last step failed, a JSON object. */
    public static final String FAILURE = "failure";
    /** How a wait ended: {@link #FULFILLED} or {@link #FAILED}. */
    public static final String OUTCOME = "outcome";
    /** What a person may choose in a guided failure, comma-separated. */
    public static final String CHOICES = "choices";
    /** What a person chose. */
    public static final String DECISION = "decision";
    /** Nodes that a person ticks to go on without, a JSON list: those in the way are ticked beforehand. */
    public static final String NODES_TO_LEAVE_OUT = "nodesToLeaveOut";
    /** Nodes that a person decided to go on without, comma-separated. */
    public static final String WITHOUT_NODES = "withoutNodes";
    /** Nodes that are stopped before the others start, because they run without being ready, comma-separated. */
    public static final String UNREADY_NODES = "unreadyNodes";
    /** When the first node was started that has come to a state that never heals by itself: it is started again. */
    public static final String BROKEN_START = "brokenStart";
    /** The node that starts first. */
    public static final String FIRST_NODE = "firstNode";
    /** Address of the way in past the 503 page. */
    public static final String PRIVATE_LINK = "privateLink";
    /** Whether a manager must approve before anything is touched. */
    public static final String APPROVAL_NEEDED = "approvalNeeded";
    /** Who asked for the rollback. */
    public static final String REQUESTER = "requester";

    public static final String FULFILLED = "fulfilled";
    public static final String FAILED = "failed";

    /** The operation that a process beside it is about: an incident, an abandoned cluster, an engine in doubt. */
    public static final String FAILED_OPERATION = "failedOperation";

    private Variables() {}

    /** The operation that an execution is about: the one that it stands beside, else its own. */
    public static String operationOf(DelegateExecution execution) {
        Object failed = execution.getVariable(FAILED_OPERATION);
        return failed == null ? execution.getProcessBusinessKey() : failed.toString();
    }
}
