package nocobase.procedures.audit;

import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import nocobase.procedures.audit.MessageTemplate.Message;
import nocobase.procedures.audit.NotificationSettings.Mail;
import org.springframework.mail.MailSender;
import org.springframework.mail.SimpleMailMessage;

/** Mails to the members of the groups that are concerned. */
final class MailChannel implements Channel {

    private final Mail settings;
    private final MailSender sender;
    private final Function<String, Set<String>> members;

    /** @param members the e-mail addresses of a group's members */
    MailChannel(Mail settings, MailSender sender, Function<String, Set<String>> members) {
        this.settings = settings;
        this.sender = sender;
        this.members = members;
    }

    @Override
    public String name() {
        return "mail";
    }

    @Override
    public boolean carries(Notification notification) {
        return !notification.groups().isEmpty();
    }

    @Override
    public void deliver(Notification notification, Message message) {
        Set<String> recipients = new TreeSet<>();
        for (String group : notification.groups()) {
            recipients.addAll(members.apply(group));
            recipients.addAll(settings.to().getOrDefault(group, Set.of()));
        }
        if (recipients.isEmpty()) {
            return;
        }
        SimpleMailMessage mail = new SimpleMailMessage();
        mail.setFrom(settings.from());
        mail.setTo(recipients.toArray(String[]::new));
        mail.setSubject(message.subject());
        mail.setText(message.text());
        sender.send(mail);
    }
}
