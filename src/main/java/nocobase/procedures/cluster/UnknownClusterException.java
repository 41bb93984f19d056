package nocobase.procedures.cluster;

import java.util.Collection;
import nocobase.procedures.language.Messages;

/** A name that no cluster is configured under. */
public class UnknownClusterException extends RuntimeException {

    private static final Messages MESSAGES = Messages.of("cluster");

    private static final long serialVersionUID = 1L;

    public UnknownClusterException(String name, Collection<String> known) {
        super(MESSAGES.text("cluster.unknown", Texts.shown(name), String.join(", ", known)));
    }
}
