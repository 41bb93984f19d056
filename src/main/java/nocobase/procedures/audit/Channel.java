package nocobase.procedures.audit;

import java.io.IOException;
import nocobase.procedures.audit.MessageTemplate.Message;

/** A way to reach people. */
interface Channel {

    /** For the log and the counters, without secrets. */
    String name();

    /** Whether it carries such a thing. */
    boolean carries(Notification notification);

    /** Delivers, within seconds. */
    void deliver(Notification notification, Message message) throws IOException, InterruptedException;
}
