package nocobase.procedures.balancer;

import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Failure;

/** nginx refuses a route because the owner's lines and ours say the same directive. */
final class OwnersLineException extends CannotProceedException {

    private static final long serialVersionUID = 1L;

    private final String directive;

    OwnersLineException(String directive, Failure failure) {
        super(failure);
        this.directive = directive;
    }

    String directive() {
        return directive;
    }
}
