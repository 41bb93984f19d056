package nocobase.procedures.campaign;

/**
 * A place in a procedure: an activity of a model, and before, during or right after it.
 *
 * @param process id of the model
 * @param activity id of its activity
 */
public record Step(String process, String activity, Moment moment) {

    enum Moment {
        /** All before it is committed, nothing of it has happened. */
        BEFORE,
        /** Its job runs, or it waits. */
        DURING,
        /** Its effect is committed. */
        AFTER
    }

    static Step before(String process, String activity) {
        return new Step(process, activity, Moment.BEFORE);
    }

    static Step during(String process, String activity) {
        return new Step(process, activity, Moment.DURING);
    }

    static Step after(String process, String activity) {
        return new Step(process, activity, Moment.AFTER);
    }

    boolean isService() {
        return activity.startsWith("serviceTask_");
    }

    boolean isReceive() {
        return activity.startsWith("receiveTask_");
    }

    boolean sameActivity(Step other) {
        return process.equals(other.process) && activity.equals(other.activity);
    }

    /** A task that a person works on; its key as the task list has it. */
    boolean isTask(String key) {
        return activity.equals("userTask_" + key);
    }

    /** Whether the token is held by a breakpoint until the fault strikes. */
    boolean stopsToken() {
        return moment == Moment.BEFORE || moment == Moment.DURING && isService();
    }

    @Override
    public String toString() {
        return moment.name().toLowerCase() + " " + activity.replaceFirst("^[a-zA-Z]+Task_", "");
    }
}
