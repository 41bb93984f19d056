package nocobase.procedures.audit;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nocobase.procedures.audit.Notification.Event;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Who is told of tasks, reminders, failures and ends, and how: {@code procedures.notifications}. Off until {@code mail} or
 * {@code webhooks} is given.
 *
 * @param link where people reach the engine ({@code https://procedures.example.com}); links in messages begin with it
 * @param templates folder with templates that replace ours ({@code task.en.txt} or {@code task.pt.txt}, …, by the language
 *     of the installation), or nothing
 * @param mail e-mail to the members of the groups that are concerned; the mail server stands under {@code spring.mail}
 * @param webhooks addresses that get a JSON object with {@code text}, as Slack, Mattermost and others take it
 */
@Validated
@ConfigurationProperties("procedures.notifications")
public record NotificationSettings(
        @DefaultValue("http://localhost:8080") URI link,

        Path templates,
        @Valid Mail mail,
        @Valid @DefaultValue List<Webhook> webhooks) {

    /**
     * E-mail.
     *
     * @param from sender
     * @param to further addresses by group ({@code ops}, {@code managers}, {@code admins}), besides those of its members
     */
    public record Mail(
            @NotNull(message = "{audit.settings.from}") @Email(message = "{audit.settings.email}")
            String from,

            @DefaultValue
            Map<
                            @Pattern(regexp = "ops|managers|admins", message = "{audit.settings.group}") String,
                            Set<@Email(message = "{audit.settings.email}") String>>
                    to) {}

    /**
     * One address.
     *
     * @param url a secret with some services, hence never shown
     * @param events which it gets; all if nothing is said
     */
    public record Webhook(
            @NotNull(message = "{audit.settings.url}") URI url,
            @DefaultValue Set<Event> events) {

        boolean wants(Event event) {
            return events.isEmpty() || events.contains(event);
        }

        /** Without the path, in which services keep their secrets. */
        @Override
        public String toString() {
            return "webhook at " + url.getHost();
        }
    }
}
