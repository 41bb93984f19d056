package nocobase.procedures.audit;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import nocobase.procedures.audit.MessageTemplate.Message;
import nocobase.procedures.audit.NotificationSettings.Webhook;

/** Posts {@code {"text": …}}; programs find event, cluster and operation in headers. */
final class WebhookChannel implements Channel {

    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final char WORD_JOINER = '\u2060';
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Webhook webhook;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(LIMIT).build();

    WebhookChannel(Webhook webhook) {
        this.webhook = webhook;
    }

    @Override
    public String name() {
        return webhook.toString();
    }

    @Override
    public boolean carries(Notification notification) {
        return webhook.wants(notification.event());
    }

    @Override
    public void deliver(Notification notification, Message message, String recipient)
            throws IOException, InterruptedException {
        String text = "*" + literal(message.subject()) + "*\n" + literal(message.text());
        HttpRequest request = HttpRequest.newBuilder(webhook.url())
                .timeout(LIMIT)
                .header("Content-Type", "application/json")
                .header("X-Procedures-Event", notification.event().name())
                .header("X-Procedures-Cluster", notification.value("cluster"))
                .header("X-Procedures-Operation", notification.value("operation"))
                .POST(BodyPublishers.ofString(JSON.writeValueAsString(Map.of("text", text))))
                .build();
        HttpResponse<Void> answer = client.send(request, BodyHandlers.discarding());
        if (answer.statusCode() >= 300) {
            throw new IOException("it answered " + answer.statusCode());
        }
    }

    /**
     * Chats call everybody for {@code <!channel>} or {@code @all}, and put links behind other words: not for what somebody
     * wrote as a reason. The rest of their formatting only looks different.
     */
    static String literal(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("](", "]" + WORD_JOINER + "(")
                .replaceAll("@(?=\\w)", "@" + WORD_JOINER);
    }
}
