package nocobase.procedures.cluster;

/**
 * A step cannot reach its result, and trying again by itself would not help: a person decides. Anything that may heal by
 * itself (a refused connection, a time-out of the Docker engine) is thrown as another exception and tried again.
 */
public class CannotProceedException extends FailureException {

    private static final long serialVersionUID = 1L;

    public CannotProceedException(Failure failure) {
        super(failure);
    }
}
