package nocobase.procedures.process;

import org.camunda.bpm.engine.BadUserRequestException;
import org.camunda.bpm.engine.ProcessEngineException;

/**
 * Refusals towards the person who asked. The codes reach REST callers as HTTP statuses (see {@code web}): 20400 bad input,
 * 20403 not allowed, 20409 the cluster is held by another
 * procedure, or the matter has moved on.
 */
public final class Errors {

    static final int BAD_INPUT = 20400;
    static final int NOT_ALLOWED = 20403;
    static final int CLAIMED = 20409;

    private Errors() {}

    public static ProcessEngineException badInput(String text) {
        return refusal(text, BAD_INPUT);
    }

    public static ProcessEngineException claimed(String text) {
        return refusal(text, CLAIMED);
    }

    public static ProcessEngineException notAllowed(String text) {
        return refusal(text, NOT_ALLOWED);
    }

    /** What was asked for has been overtaken by events. */
    public static ProcessEngineException tooLate(String text) {
        return refusal(text, CLAIMED);
    }

    /** As a bad request, which the engine does not log as an error with its stack. */
    private static ProcessEngineException refusal(String text, int code) {
        ProcessEngineException refusal = new BadUserRequestException(text);
        refusal.setCode(code);
        return refusal;
    }
}
