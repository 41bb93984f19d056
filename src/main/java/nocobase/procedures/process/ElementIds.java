package nocobase.procedures.process;

/**
 * Ids of elements in {@code processes} that the program knows by name. Running instances keep the model that they were started
 * with: an id that changes in the model is known by its former name too as long as they run.
 */
public final class ElementIds {

    public static final String PULL_IMAGE = "callActivity_pullImage";
    public static final String RESTORE_DATABASES = "callActivity_restoreDatabases";
    public static final String TAKE_RESTORE_POINT = "callActivity_takeRestorePoint";
    public static final String RETRY_FAILED_JOB = "serviceTask_retryFailedJob";
    public static final String APPROVE_PROCEDURE = "userTask_approveProcedure";
    public static final String APPROVE_ROLLBACK = "userTask_approveRollback";
    public static final String CHOOSE_WORK = "userTask_chooseWork";
    public static final String DECIDE_HOW_TO_GO_ON = "userTask_decideHowToGoOn";
    public static final String DECIDE_WHETHER_ENGINE_GOES_ON = "userTask_decideWhetherEngineGoesOn";
    public static final String LOOK_AFTER_CLUSTER = "userTask_lookAfterCluster";
    public static final String MEND_TECHNICAL_INCIDENT = "userTask_mendTechnicalIncident";
    public static final String REVIEW_PLAN = "userTask_reviewPlan";
    public static final String VERIFY_FUNCTIONALITY = "userTask_verifyFunctionality";
    public static final String WAIT_FOR_MAINTENANCE_WINDOW = "userTask_waitForMaintenanceWindow";

    private ElementIds() {}
}
