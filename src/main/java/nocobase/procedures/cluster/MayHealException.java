package nocobase.procedures.cluster;

/**
 * Something that a step needs is away and may come back by itself, such as a container that is being restarted. The step is
 * tried again for about half a minute; only then a person decides, who is told the failure.
 */
public class MayHealException extends CannotProceedException {

    private static final long serialVersionUID = 1L;

    public MayHealException(Failure failure) {
        super(failure);
    }
}
