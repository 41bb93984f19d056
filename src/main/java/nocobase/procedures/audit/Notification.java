package nocobase.procedures.audit;

import java.util.List;
import java.util.Map;

/**
 * Something that people want to hear of.
 *
 * @param groups whose members get it by e-mail
 * @param people who get it by e-mail too, by user id
 * @param values of the template: {@code cluster}, {@code operation}, {@code matter}, {@code details}, {@code path} (of the
 *     page that it leads to)
 */
public record Notification(Event event, List<String> groups, List<String> people, Map<String, String> values) {

    /** For groups. */
    public Notification(Event event, List<String> groups, Map<String, String> values) {
        this(event, groups, List.of(), values);
    }

    /** What happened; each has a template. */
    public enum Event {
        /** A task waits for somebody of a group. */
        TASK,
        /** A task was not answered in time. */
        REMINDER,
        /** Managers are asked too, because a task was not answered. */
        ESCALATION,
        /** A step failed: a person must decide, or mend something. */
        FAILURE,
        /** A colleague took over a task that somebody had claimed. */
        TAKE_OVER,
        /** A procedure ended. */
        END,
        /** A rule that protects everybody was set aside by somebody who may do so. */
        BREAK_GLASS
    }

    String value(String name) {
        return values.getOrDefault(name, "");
    }
}
