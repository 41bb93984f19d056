package nocobase.procedures.audit;

import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import nocobase.procedures.audit.MessageTemplate.Message;
import nocobase.procedures.audit.NotificationSettings.Mail;
import org.springframework.mail.MailSender;
import org.springframework.mail.SimpleMailMessage;

/** Mails to the people and to the members of the groups that are concerned, one mail to each address. */
final class MailChannel implements Channel {

    private final Mail settings;
    private final MailSender sender;
    private final Function<String, Set<String>> members;
    private final Function<String, Set<String>> person;

    /**
     * @param members the e-mail addresses of a group's members
     * @param person the e-mail address of a user, none if he has none
     */
    MailChannel(
            Mail settings,
            MailSender sender,
            Function<String, Set<String>> members,
            Function<String, Set<String>> person) {
        this.person = person;
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
        return !notification.groups().isEmpty() || !notification.people().isEmpty();
    }

    @Override
    public Set<String> recipients(Notification notification) {
        Set<String> recipients = new TreeSet<>();
        for (String group : notification.groups()) {
            recipients.addAll(members.apply(group));
            recipients.addAll(settings.to().getOrDefault(group, Set.of()));
        }
        notification.people().forEach(user -> recipients.addAll(person.apply(user)));
        return recipients;
    }

    @Override
    public void deliver(Notification notification, Message message, String recipient) {
        SimpleMailMessage mail = new SimpleMailMessage();
        mail.setFrom(settings.from());
        mail.setTo(recipient);
        mail.setSubject(message.subject());
        mail.setText(message.text());
        sender.send(mail);
    }
}
