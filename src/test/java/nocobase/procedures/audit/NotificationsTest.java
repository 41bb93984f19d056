package nocobase.procedures.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import nocobase.procedures.audit.Notification.Event;
import nocobase.procedures.audit.NotificationSettings.Mail;
import nocobase.procedures.audit.NotificationSettings.Webhook;
import nocobase.procedures.language.Language;
import org.awaitility.Awaitility;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.identity.User;
import org.camunda.bpm.engine.identity.UserQuery;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.mail.MailSender;
import org.springframework.mail.javamail.JavaMailSenderImpl;

/** Notifications, against a real mail server and a real receiver of webhooks. */
class NotificationsTest {

    private static final Map<String, String> VALUES = Map.of(
            "cluster", "prod-eu",
            "operation", "prod-eu-1a2b3c4d",
            "matter", "Verify functionality: prod-eu 2.2.15 → 2.2.16",
            "details", "Clients have seen the 503 page since 03:12:40.",
            "path", "/camunda/app/tasklist/default/#/?task=4711");

    private final GreenMail mailServer = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final BlockingQueue<HttpExchange> posted = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> bodies = new LinkedBlockingQueue<>();
    private final Queue<String> reached = new ConcurrentLinkedQueue<>();
    private volatile int answer = 200;
    private HttpServer receiver;
    private Notifications notifications;

    @TempDir
    Path folder;

    @BeforeEach
    void open() throws IOException {
        mailServer.start();
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            bodies.add(new String(exchange.getRequestBody().readAllBytes()));
            posted.add(exchange);
            exchange.sendResponseHeaders(answer, -1);
            exchange.close();
        });
        receiver.start();
    }

    @AfterEach
    void close() throws InterruptedException {
        Language.speak(Language.ENGLISH);
        if (notifications != null) {
            notifications.destroy();
        }
        receiver.stop(0);
        mailServer.stop();
    }

    @Test
    void mailsTheMembersOfTheGroupAndTheListedAddresses() throws Exception {
        open(settings(mail(), List.of()));

        notifications.send(new Notification(Event.TASK, List.of("ops"), VALUES));

        counted("mail", "delivered", 2);
        assertThat(mailServer.getReceivedMessages())
                .extracting(one -> one.getRecipients(RecipientType.TO)[0].toString())
                .containsExactlyInAnyOrder("olga@example.com", "pager@example.com");
        MimeMessage mail = received("Verify functionality");
        assertThat(mail.getSubject()).isEqualTo("Verify functionality: prod-eu 2.2.15 → 2.2.16");
        assertThat(mail.getFrom()[0]).hasToString("procedures@example.com");
        assertThat(mail.getAllRecipients()).as("one of them").hasSize(1);
        assertThat(mail.getContent().toString())
                .contains("Clients have seen the 503 page since 03:12:40.")
                .contains("https://procedures.example.com/camunda/app/tasklist/default/#/?task=4711")
                .contains("prod-eu-1a2b3c4d")
                .doesNotContain("{{");
    }

    @Test
    void speaksPortugueseAndTheOwnersWords() throws Exception {
        Language.speak(Language.PORTUGUESE);
        Files.writeString(folder.resolve("end.pt.txt"), "Fim: {{matter}}\nVeja {{link}}");
        open(settings(mail(), List.of()));

        notifications.send(new Notification(Event.REMINDER, List.of("ops"), VALUES));
        received("Ainda aguardando: ");

        notifications.send(new Notification(Event.END, List.of("ops"), VALUES));
        received("Fim: Verify");
    }

    @Test
    void everyEventHasItsWordsInBothLanguages() {
        for (Locale language : Language.ALL) {
            Language.speak(language);
            MessageTemplate template = new MessageTemplate(settings(null, List.of()));
            for (Event event : Event.values()) {
                var message = template.write(new Notification(event, List.of(), VALUES));
                assertThat(message.subject()).isNotBlank().doesNotContain("{{");
                assertThat(message.text())
                        .contains("https://procedures.example.com/")
                        .doesNotContain("{{");
            }
        }
    }

    @Test
    void aSubjectIsOneLine() {
        var message = new MessageTemplate(settings(null, List.of()))
                .write(new Notification(Event.TASK, List.of(), Map.of("matter", "x\r\nBcc: everybody@example.com")));
        assertThat(message.subject()).doesNotContain("\n").doesNotContain("\r");
    }

    @Test
    void postsJsonAsSlackTakesIt() throws Exception {
        open(settings(null, List.of(new Webhook(hook(), Set.of(Event.FAILURE)))));

        notifications.send(new Notification(Event.TASK, List.of("ops"), VALUES));
        notifications.send(new Notification(Event.FAILURE, List.of("ops"), VALUES));

        HttpExchange exchange = posted.poll(20, TimeUnit.SECONDS);
        assertThat(exchange.getRequestMethod()).isEqualTo("POST");
        assertThat(exchange.getRequestHeaders().getFirst("Content-Type")).isEqualTo("application/json");
        assertThat(exchange.getRequestHeaders().getFirst("X-Procedures-Event")).isEqualTo("FAILURE");
        JsonNode body = new ObjectMapper().readTree(bodies.take());
        assertThat(body.size()).isEqualTo(1);
        assertThat(body.path("text").asText())
                .startsWith("*FAILED: Verify functionality")
                .contains("prod-eu");
        assertThat(posted).as("only what it asked for").isEmpty();
    }

    @Test
    void whatCannotBeDeliveredIsTriedAgainAndCounted() throws Exception {
        answer = 500;
        open(settings(mail(), List.of(new Webhook(hook(), Set.of()))));
        mailServer.stop();

        notifications.send(new Notification(Event.TASK, List.of("ops"), VALUES));

        counted("webhook at 127.0.0.1", "failed", 1);
        counted("mail", "failed", 2);
        assertThat(posted).hasSize(3);
        mailServer.start();
    }

    /** One mail to all of them is refused as a whole when the server does not take one of the addresses. */
    @Test
    void aBadAddressDoesNotSilenceItsGroup() {
        MailSender picky = mock(MailSender.class);
        org.mockito.Mockito.doAnswer(call -> {
                    org.springframework.mail.SimpleMailMessage mail = call.getArgument(0);
                    if (List.of(mail.getTo()).contains("olga@example.com")) {
                        throw new org.springframework.mail.MailSendException("550 no such user");
                    }
                    reached.addAll(List.of(mail.getTo()));
                    return null;
                })
                .when(picky)
                .send(org.mockito.ArgumentMatchers.any(org.springframework.mail.SimpleMailMessage.class));
        notifications = notifications(settings(mail(), List.of()), picky);

        notifications.send(new Notification(Event.TASK, List.of("ops"), VALUES));

        counted("mail", "failed", 1);
        counted("mail", "delivered", 1);
        assertThat(reached).as("once").containsExactly("pager@example.com");
    }

    @Test
    void aServerThatHangsDelaysNobodyAndTheQueueIsBounded() throws Exception {
        CountDownLatch hanging = new CountDownLatch(1);
        MailSender hangs = mock(MailSender.class);
        org.mockito.Mockito.doAnswer(call -> {
                    hanging.await();
                    return null;
                })
                .when(hangs)
                .send(org.mockito.ArgumentMatchers.any(org.springframework.mail.SimpleMailMessage.class));
        notifications = notifications(settings(mail(), List.of()), hangs);

        long before = System.nanoTime();
        for (int i = 0; i < 600; i++) {
            notifications.send(new Notification(Event.TASK, List.of("ops"), VALUES));
        }

        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
        assertThat(meters.counter("procedures.notifications", "channel", "mail", "result", "dropped")
                        .count())
                .isEqualTo(98);
        hanging.countDown();
    }

    @Test
    void nothingIsSentUnlessConfigured() {
        notifications = notifications(settings(null, List.of()), null);
        notifications.send(new Notification(Event.TASK, List.of("ops"), VALUES));
        assertThat(meters.getMeters()).isEmpty();
    }

    @Test
    void mailWithoutAServerIsRefusedAtStart() {
        assertThatThrownBy(() -> notifications(settings(mail(), List.of()), null))
                .hasMessageContaining("spring.mail.host is expected");
    }

    @Test
    void theAddressOfAWebhookIsNotShown() {
        assertThat(new Webhook(URI.create("https://hooks.example.com/services/T0/SECRET"), Set.of()).toString())
                .doesNotContain("SECRET");
    }

    private MimeMessage received(String subject) throws MessagingException {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> find(subject).isPresent());
        return find(subject).orElseThrow();
    }

    private Optional<MimeMessage> find(String subject) throws MessagingException {
        for (MimeMessage mail : mailServer.getReceivedMessages()) {
            if (mail.getSubject().startsWith(subject)) {
                return Optional.of(mail);
            }
        }
        return Optional.empty();
    }

    private void open(NotificationSettings settings) {
        JavaMailSenderImpl sender = new JavaMailSenderImpl();
        sender.setHost("127.0.0.1");
        sender.setPort(mailServer.getSmtp().getPort());
        sender.setDefaultEncoding("UTF-8");
        notifications = notifications(settings, sender);
    }

    private Notifications notifications(NotificationSettings settings, MailSender sender) {
        StaticListableBeanFactory beans = new StaticListableBeanFactory();
        if (sender != null) {
            beans.addBean("mail", sender);
        }
        User olga = mock(User.class);
        when(olga.getEmail()).thenReturn("olga@example.com");
        User otto = mock(User.class);
        UserQuery query = mock(UserQuery.class);
        when(query.memberOfGroup("ops")).thenReturn(query);
        when(query.list()).thenReturn(List.of(olga, otto));
        IdentityService identity = mock(IdentityService.class);
        when(identity.createUserQuery()).thenReturn(query);
        return new Notifications(
                settings,
                beans.getBeanProvider(MailSender.class),
                beans.getBeanProvider(Channel.class),
                identity,
                meters);
    }

    private NotificationSettings settings(Mail mail, List<Webhook> webhooks) {
        return new NotificationSettings(URI.create("https://procedures.example.com/"), folder, mail, webhooks);
    }

    private static Mail mail() {
        return new Mail("procedures@example.com", Map.of("ops", Set.of("pager@example.com")));
    }

    private URI hook() {
        return URI.create("http://127.0.0.1:" + receiver.getAddress().getPort() + "/services/secret");
    }

    private void counted(String channel, String result, double times) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(40))
                .untilAsserted(() -> assertThat(
                                meters.counter("procedures.notifications", "channel", channel, "result", result)
                                        .count())
                        .isEqualTo(times));
    }
}
