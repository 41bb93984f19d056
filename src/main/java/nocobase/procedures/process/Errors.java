package nocobase.procedures.process;

import org.camunda.bpm.engine.ProcessEngineException;

/**
 * Refusals towards the person who asked. The codes reach REST callers as HTTP statuses (see {@code web}): 20400 bad input,
 * 20403 not allowed, 20409 the cluster is held by another procedure.
 */
final class Errors {

    static final int BAD_INPUT = 20400;
    static final int NOT_ALLOWED = 20403;
    static final int CLAIMED = 20409;

    private Errors() {}

    static ProcessEngineException badInput(String text) {
        return new ProcessEngineException(text, BAD_INPUT);
    }

    static ProcessEngineException notAllowed(String text) {
        return new ProcessEngineException(text, NOT_ALLOWED);
    }

    static ProcessEngineException claimed(String text) {
        return new ProcessEngineException(text, CLAIMED);
    }
}
