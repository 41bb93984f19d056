package nocobase.procedures.process;

import java.util.Optional;
import nocobase.procedures.cluster.Cluster;
import nocobase.procedures.language.Messages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What clients of a cluster see right now, in words. */
public final class ClientsView {

    private static final Messages MESSAGES = Messages.of("process");
    private static final Logger LOG = LoggerFactory.getLogger(ClientsView.class);

    private ClientsView() {}

    /** Also where it cannot be found out: a task must come into being then too. */
    public static String of(Cluster cluster) {
        try {
            return cluster.balancer().seen().text();
        } catch (RuntimeException e) {
            LOG.warn("{}: what clients see cannot be found out: {}", cluster.name(), e.toString());
            return MESSAGES.text(
                    "clientsView.unknown", Optional.ofNullable(e.getMessage()).orElse(e.toString()));
        }
    }
}
