package nocobase.procedures.docker;

/** The Docker engine did not answer, or cannot be talked to. Worth another try. */
class EngineFault extends RuntimeException {

    private static final long serialVersionUID = 1L;

    EngineFault(String message, Throwable cause) {
        super(message, cause);
    }
}
