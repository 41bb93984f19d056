package nocobase.procedures.audit;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import nocobase.procedures.audit.MessageTemplate.Message;
import nocobase.procedures.language.Messages;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.identity.User;
import org.camunda.bpm.engine.identity.UserQuery;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Lazy;
import org.springframework.mail.MailSender;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.stereotype.Component;

/**
 * Tells people what happens. In the background and bounded: a mail server that hangs delays no procedure, and what cannot
 * be delivered is logged and counted for each recipient ({@code procedures.notifications}), never thrown.
 */
@Component
public class Notifications implements DisposableBean {

    private static final Messages MESSAGES = Messages.of("audit");

    private static final Logger LOG = LoggerFactory.getLogger(Notifications.class);
    private static final int LONGEST_QUEUE = 500;
    private static final int TRIES = 3;
    private static final long PAUSE_MILLIS = 2000;

    private final MessageTemplate template;
    private final List<Channel> channels = new ArrayList<>();
    private final IdentityService identity;
    private final MeterRegistry meters;
    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            2,
            2,
            1,
            TimeUnit.MINUTES,
            new ArrayBlockingQueue<>(LONGEST_QUEUE),
            new CustomizableThreadFactory("notifications-"));

    // The engine's own beans come last: listeners that lead here are part of its configuration.
    Notifications(
            NotificationSettings settings,
            ObjectProvider<MailSender> mail,
            ObjectProvider<Channel> further,
            @Lazy IdentityService identity,
            MeterRegistry meters) {
        this.template = new MessageTemplate(settings);
        this.identity = identity;
        this.meters = meters;
        threads.allowCoreThreadTimeOut(true);
        further.orderedStream().forEach(channels::add);
        settings.webhooks().forEach(webhook -> channels.add(new WebhookChannel(webhook)));
        if (settings.mail() != null) {
            MailSender sender = mail.getIfAvailable();
            if (sender == null) {
                throw new IllegalStateException(MESSAGES.text("start.noMailServer"));
            }
            channels.add(new MailChannel(settings.mail(), sender, this::membersOf, this::person));
        }
    }

    /** Returns at once. To be called when what it tells of was committed. */
    public void send(Notification notification) {
        for (Channel channel : channels) {
            try {
                if (channel.carries(notification)) {
                    threads.execute(() -> deliver(channel, notification));
                }
            } catch (RejectedExecutionException e) {
                LOG.warn("Too many notifications wait: {} is not told of {}", channel.name(), notification.event());
                count(channel, "dropped");
            } catch (RuntimeException e) {
                LOG.warn("{} is not told of {}: {}", channel.name(), notification.event(), e.toString());
                count(channel, "failed");
            }
        }
    }

    private void deliver(Channel channel, Notification notification) {
        try {
            Message message = template.write(notification);
            Set<String> waiting = new TreeSet<>(channel.recipients(notification));
            for (int attempt = 1; attempt <= TRIES && !waiting.isEmpty(); attempt++) {
                if (attempt > 1) {
                    Thread.sleep(PAUSE_MILLIS * (attempt - 1));
                }
                deliver(channel, notification, message, waiting, attempt);
            }
            waiting.forEach(silent -> count(channel, "failed"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.warn("The notification of {} cannot be written: {}", notification.event(), e.toString());
            count(channel, "failed");
        }
    }

    /** @param waiting who has not got it yet; whoever gets it now is taken out */
    private void deliver(Channel channel, Notification notification, Message message, Set<String> waiting, int attempt)
            throws InterruptedException {
        for (String recipient : List.copyOf(waiting)) {
            if (delivered(channel, notification, message, recipient, attempt)) {
                waiting.remove(recipient);
                count(channel, "delivered");
            }
        }
    }

    private boolean delivered(
            Channel channel, Notification notification, Message message, String recipient, int attempt)
            throws InterruptedException {
        String told = recipient.equals(channel.name()) ? recipient : channel.name() + " to " + recipient;
        try {
            channel.deliver(notification, message, recipient);
            LOG.info("Told {} of \"{}\"", told, message.subject());
            return true;
        } catch (java.io.IOException | RuntimeException e) {
            LOG.warn(
                    "Telling {} of \"{}\" failed (try {} of {}): {}",
                    told,
                    message.subject(),
                    attempt,
                    TRIES,
                    Objects.toString(e.getMessage(), e.toString()).replaceAll("\\p{Cntrl}+", " "));
            return false;
        }
    }

    private void count(Channel channel, String result) {
        meters.counter("procedures.notifications", "channel", channel.name(), "result", result)
                .increment();
    }

    private Set<String> membersOf(String group) {
        return addresses(identity.createUserQuery().memberOfGroup(group));
    }

    private Set<String> person(String id) {
        return addresses(identity.createUserQuery().userId(id));
    }

    private static Set<String> addresses(UserQuery users) {
        return users.list().stream()
                .map(User::getEmail)
                .filter(address -> address != null && !address.isBlank())
                .collect(Collectors.toSet());
    }

    /** What was said is still delivered; what does not go quickly is lost with us. */
    @Override
    public void destroy() throws InterruptedException {
        threads.shutdown();
        if (!threads.awaitTermination(3, TimeUnit.SECONDS)) {
            threads.shutdownNow();
        }
    }
}
