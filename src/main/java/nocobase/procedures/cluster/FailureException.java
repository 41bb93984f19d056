package nocobase.procedures.cluster;

/** A step did not reach its result, for a reason that a person can read. Its subclasses say whether trying again may help. */
public abstract class FailureException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Failure failure;

    FailureException(Failure failure) {
        super(failure.what());
        this.failure = failure;
    }

    public Failure failure() {
        return failure;
    }
}
