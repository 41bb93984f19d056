package nocobase.procedures.cluster;

/**
 * What keeps a step from its work may pass by itself: a container that is being restarted, a session that ends. The step is
 * tried again for about half a minute; only then a person decides, who is told the failure.
 */
public final class MayHealException extends FailureException {

    private static final long serialVersionUID = 1L;

    public MayHealException(Failure failure) {
        super(failure);
    }
}
