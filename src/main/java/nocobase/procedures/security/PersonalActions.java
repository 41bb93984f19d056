package nocobase.procedures.security;

import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.camunda.bpm.engine.ProcessEngineException;
import org.camunda.bpm.engine.impl.interceptor.CommandContext;
import org.camunda.bpm.engine.impl.interceptor.CommandExecutor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells what people do from what the system does, and runs the former checked: check and effect in one engine command, so
 * that nothing comes between them and a refusal leaves nothing behind.
 *
 * <p>The system is: nobody authenticated (job executor, watchers), a job (whoever had it run), and whatever delegates and
 * listeners do inside a person's action that was checked.
 */
final class PersonalActions {

    private static final Logger LOG = LoggerFactory.getLogger(PersonalActions.class);
    private static final ThreadLocal<Boolean> CHECKED = ThreadLocal.withInitial(() -> false);

    /** Throws a {@link Refusal}, or returns what the effect may use. */
    interface Check<C> {
        C allowed(CommandContext engine, String person);
    }

    /** Throws a {@link Refusal}, or does nothing. */
    interface Rule {
        void hold(CommandContext engine, String person);
    }

    private PersonalActions() {}

    /** The person who acts, or null for the system. */
    static String actor(CommandContext engine) {
        return CHECKED.get() || engine.getCurrentJob() != null ? null : engine.getAuthenticatedUserId();
    }

    /**
     * Runs the effect; if a person asks for it, the check first.
     *
     * @param what the action and its object, for the log ("complete task 4711")
     * @param given what the system's effect gets unchecked, and the check may narrow
     */
    static <C, T> T run(CommandExecutor executor, String what, C given, Check<C> check, Function<C, T> effect) {
        return executor.execute(engine -> {
            String person = actor(engine);
            if (person == null) {
                return effect.apply(given);
            }
            try {
                C allowed = check.allowed(engine, person);
                return checked(() -> effect.apply(allowed));
            } catch (ProcessEngineException e) {
                // Also what the engine itself or a listener refuses: who tried what stays on record.
                LOG.warn("Refused: {} by {}: {}", what, person, oneLine(e.getMessage()));
                throw e;
            }
        });
    }

    /** Completes a task, by whatever call: the same check each time. */
    static <T> T complete(
            CommandExecutor executor,
            String taskId,
            Map<String, Object> answers,
            Function<Map<String, Object>, T> effect) {
        return run(
                executor,
                "complete task " + taskId,
                answers,
                (engine, person) -> TaskRules.mayComplete(engine, taskId, answers, person),
                effect);
    }

    static void run(CommandExecutor executor, String what, Rule rule, Runnable effect) {
        run(
                executor,
                what,
                null,
                (engine, person) -> {
                    rule.hold(engine, person);
                    return null;
                },
                ignored -> {
                    effect.run();
                    return null;
                });
    }

    private static <T> T checked(Supplier<T> effect) {
        CHECKED.set(true);
        try {
            return effect.get();
        } finally {
            CHECKED.remove();
        }
    }

    private static String oneLine(String text) {
        return text == null ? "" : text.replaceAll("\\p{Cntrl}+", " ");
    }
}
