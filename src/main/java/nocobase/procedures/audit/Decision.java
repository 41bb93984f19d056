package nocobase.procedures.audit;

import java.time.Instant;

/**
 * What a person decided in a task.
 *
 * @param operation business key of the procedure
 * @param task key of the task in its model
 * @param taskName its full name as it was shown
 * @param person the user who completed it
 * @param fields the answers, a JSON object by field
 * @param words the same as the form put it: a JSON object by field of {@code question} and {@code answer}; a field that is
 *     missing there is shown as it is
 */
public record Decision(
        String operation, String task, String taskName, String person, Instant decidedAt, String fields, String words) {

    /** Without a form. */
    public Decision(String operation, String task, String taskName, String person, Instant decidedAt, String fields) {
        this(operation, task, taskName, person, decidedAt, fields, "{}");
    }
}
