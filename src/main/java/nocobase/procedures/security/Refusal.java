package nocobase.procedures.security;

import org.camunda.bpm.engine.BadUserRequestException;

/**
 * What a person asked for is not done, and nothing was changed. The code reaches REST callers as HTTP status: code minus
 * 20000 (see {@code web}). A {@link BadUserRequestException}, because the engine logs the stack of any other one as an error.
 */
final class Refusal extends BadUserRequestException {

    private static final long serialVersionUID = 1L;
    private static final int BAD_INPUT = 20400;
    private static final int NOT_ALLOWED = 20403;
    private static final int TOO_LATE = 20409;

    private Refusal(String text, int code) {
        super(text);
        setCode(code);
    }

    static Refusal badInput(String text) {
        return new Refusal(text, BAD_INPUT);
    }

    static Refusal notAllowed(String text) {
        return new Refusal(text, NOT_ALLOWED);
    }

    /** Somebody else was faster. */
    static Refusal tooLate(String text) {
        return new Refusal(text, TOO_LATE);
    }
}
