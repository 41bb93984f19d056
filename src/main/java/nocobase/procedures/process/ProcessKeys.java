package nocobase.procedures.process;

/**
 * Keys of the processes in {@code processes} that the program knows by name. They stand in configurations, in the history and in
 * running instances: they do not change.
 */
public final class ProcessKeys {

    public static final String ABANDONED_CLUSTER = "abandoned-cluster";
    public static final String BRING_BACK = "bring-back";
    public static final String ENGINE_IN_DOUBT = "engine-in-doubt";
    public static final String FIRST_START = "first-start";
    public static final String GUIDED_FAILURE = "guided-failure";
    public static final String IN_APP_MAINTENANCE = "in-app-maintenance";
    public static final String PERFORM_WORK = "perform-work";
    public static final String PLAN_PROCEDURE = "plan-procedure";
    public static final String PREPARE_UPGRADE = "prepare-upgrade";
    public static final String PULL_IMAGE = "pull-image";
    public static final String REDUCE_TO_ONE_NODE = "reduce-to-one-node";
    public static final String RESTORE_DATABASES = "restore-databases";
    public static final String RETURN_TO_SERVICE = "return-to-service";
    public static final String SET_DATABASE_ASIDE = "set-database-aside";
    public static final String START_FIRST_NODE = "start-first-node";
    public static final String SUSPEND_SERVICE = "suspend-service";
    public static final String TAKE_ONLINE_RESTORE_POINT = "take-online-restore-point";
    public static final String TAKE_RESTORE_POINT = "take-restore-point";
    public static final String TECHNICAL_INCIDENT = "technical-incident";
    public static final String VERSION_UPGRADE = "version-upgrade";

    private ProcessKeys() {}
}
