package nocobase.procedures.audit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nocobase.procedures.language.Language;

/** The words of a notification: the first line is the subject, the rest the text; {@code {{name}}} stands for a value. */
final class MessageTemplate {

    private static final Pattern VALUE = Pattern.compile("\\{\\{(cluster|operation|matter|details|link)}}");

    private final NotificationSettings settings;

    MessageTemplate(NotificationSettings settings) {
        this.settings = settings;
    }

    /** What is sent. */
    record Message(String subject, String text) {}

    Message write(Notification notification) {
        String name = notification.event().name().toLowerCase(Locale.ROOT).replace('_', '-') + "."
                + Language.spoken().getLanguage() + ".txt";
        String template = read(name);
        String[] parts = template.strip().split("\\R", 2);
        return new Message(
                // A header of a mail is one line, whatever somebody called his cluster.
                fill(parts[0], notification).replaceAll("\\p{Cntrl}+", " ").strip(),
                parts.length < 2
                        ? ""
                        : fill(parts[1], notification)
                                .replaceAll("\n{3,}", "\n\n")
                                .strip());
    }

    /** In one pass: what somebody wrote is no template. */
    private String fill(String template, Notification notification) {
        String base = settings.link().toString().replaceAll("/+$", "");
        return VALUE.matcher(template)
                .replaceAll(found -> Matcher.quoteReplacement(
                        found.group(1).equals("link")
                                ? base + notification.value("path")
                                : notification.value(found.group(1))));
    }

    private String read(String name) {
        try {
            Path own =
                    settings.templates() == null ? null : settings.templates().resolve(name);
            if (own != null && Files.isRegularFile(own)) {
                return Files.readString(own);
            }
            try (InputStream ours = MessageTemplate.class.getResourceAsStream("notifications/" + name)) {
                return new String(ours.readAllBytes(), StandardCharsets.UTF_8);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The template " + name + " cannot be read", e);
        }
    }
}
