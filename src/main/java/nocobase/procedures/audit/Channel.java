package nocobase.procedures.audit;

import java.io.IOException;
import java.util.Set;
import nocobase.procedures.audit.MessageTemplate.Message;

/** A way to reach people. */
interface Channel {

    /** For the log and the counters, without secrets. */
    String name();

    /** Whether it carries such a thing. */
    boolean carries(Notification notification);

    /** Whom it reaches, each with a message of its own: a fault of one keeps nothing from the others. */
    default Set<String> recipients(Notification notification) {
        return Set.of(name());
    }

    /**
     * Delivers, within seconds.
     *
     * @param recipient one of {@link #recipients}
     */
    void deliver(Notification notification, Message message, String recipient) throws IOException, InterruptedException;
}
