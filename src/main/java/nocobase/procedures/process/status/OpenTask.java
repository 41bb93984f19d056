package nocobase.procedures.process.status;

import java.time.Instant;
import java.util.List;

/**
 * A task that waits for a person.
 *
 * @param operation that it belongs to; empty where that is not known
 * @param key its id in the model ({@code userTask_reviewPlan})
 * @param assignee who claimed it, or null
 * @param groups who may claim it
 * @param due until when an answer is wanted, or null
 */
public record OpenTask(
        String id,
        String cluster,
        String operation,
        String key,
        String name,
        String assignee,
        List<String> groups,
        Instant since,
        Instant due) {}
