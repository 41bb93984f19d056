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
 */
public record Decision(
        String operation, String task, String taskName, String person, Instant decidedAt, String fields) {}
