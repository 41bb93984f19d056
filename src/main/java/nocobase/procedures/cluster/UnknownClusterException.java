package nocobase.procedures.cluster;

import java.util.Collection;

/** A name that no cluster is configured under. */
public class UnknownClusterException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UnknownClusterException(String name, Collection<String> known) {
        super("There is no cluster \"" + Texts.shown(name) + "\". Configured are: " + String.join(", ", known) + ".");
    }
}
