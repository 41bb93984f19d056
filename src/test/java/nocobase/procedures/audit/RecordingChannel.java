package nocobase.procedures.audit;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import nocobase.procedures.audit.MessageTemplate.Message;

/** Keeps what people would be told. */
public final class RecordingChannel implements Channel {

    /** One message, as it would be sent. */
    public record Told(Notification notification, String subject, String text) {}

    private final List<Told> told = new CopyOnWriteArrayList<>();
    private volatile boolean broken;

    /** In the order of delivery, by several threads: not always that of the events. */
    public List<Told> told() {
        return told;
    }

    /** From now on it throws, and keeps nothing. */
    public void breakDown(boolean down) {
        broken = down;
        told.clear();
    }

    @Override
    public String name() {
        return "recorder";
    }

    @Override
    public boolean carries(Notification notification) {
        if (broken) {
            throw new IllegalStateException("ordered by the test");
        }
        return true;
    }

    @Override
    public void deliver(Notification notification, Message message, String recipient) {
        told.add(new Told(notification, message.subject(), message.text()));
    }
}
