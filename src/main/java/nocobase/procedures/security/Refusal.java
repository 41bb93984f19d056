package nocobase.procedures.security;

import java.util.OptionalInt;
import org.camunda.bpm.engine.BadUserRequestException;
import org.camunda.bpm.engine.ProcessEngineException;

/**
 * What a person asked for is not done, and nothing was changed. Its code is 20000 plus the HTTP status that callers of REST get
 * (see {@code web}). A {@link BadUserRequestException}, because the engine logs the stack of any other one as an error.
 */
public final class Refusal extends BadUserRequestException {

    private static final long serialVersionUID = 1L;
    private static final int OURS = 20000;
    private static final int BAD_INPUT = OURS + 400;
    private static final int NOT_ALLOWED = OURS + 403;
    private static final int CONFLICT = OURS + 409;

    private Refusal(String text, int code) {
        super(text);
        setCode(code);
    }

    public static Refusal badInput(String text) {
        return new Refusal(text, BAD_INPUT);
    }

    public static Refusal notAllowed(String text) {
        return new Refusal(text, NOT_ALLOWED);
    }

    /** The cluster is held by another procedure. */
    public static Refusal claimed(String text) {
        return new Refusal(text, CONFLICT);
    }

    /** What was asked for has been overtaken by events: somebody else was faster, or the matter has moved on. */
    public static Refusal tooLate(String text) {
        return new Refusal(text, CONFLICT);
    }

    /** @return the HTTP status that it stands for; empty if it is no refusal of ours, but may be one that the engine repeats */
    public static OptionalInt status(ProcessEngineException thrown) {
        int status = thrown.getCode() - OURS;
        return status >= 400 && status < 500 ? OptionalInt.of(status) : OptionalInt.empty();
    }
}
