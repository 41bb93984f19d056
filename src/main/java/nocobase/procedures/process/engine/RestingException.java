package nocobase.procedures.process.engine;

/** A job came too early: its operation rests until a person has answered. */
public class RestingException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    RestingException(String operation) {
        super(operation);
    }
}
