package nocobase.procedures.balancer;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import nocobase.procedures.cluster.OperationId;

/** The 503 page in one of its languages: one file, nothing to load from elsewhere, readable on a phone. */
enum MaintenancePage {
    EN(
            Locale.ENGLISH,
            "en",
            "We will be right back",
            "This system is under maintenance. Everything you saved is kept.",
            "Unavailable since",
            "d MMMM uuuu, HH:mm",
            "for",
            "You can leave this page open: it continues by itself.",
            "Reference"),
    PT(
            Locale.forLanguageTag("pt-BR"),
            "pt-BR",
            "Voltamos já",
            "O sistema está em manutenção. Tudo o que você salvou está guardado.",
            "Indisponível desde",
            "d 'de' MMMM 'de' uuuu, HH:mm",
            "há",
            "Pode deixar esta página aberta: ela continua sozinha.",
            "Referência");

    private static final Template PAGE = Template.named("maintenance.html");

    private final Locale locale;
    private final String language;
    private final String title;
    private final String text;
    private final String sinceLabel;
    private final String sincePattern;
    private final String elapsed;
    private final String again;
    private final String reference;

    MaintenancePage(
            Locale locale,
            String language,
            String title,
            String text,
            String sinceLabel,
            String sincePattern,
            String elapsed,
            String again,
            String reference) {
        this.locale = locale;
        this.language = language;
        this.title = title;
        this.text = text;
        this.sinceLabel = sinceLabel;
        this.sincePattern = sincePattern;
        this.elapsed = elapsed;
        this.again = again;
        this.reference = reference;
    }

    /** As nginx chooses it. */
    String code() {
        return language.substring(0, 2);
    }

    String html(OperationId operation, Instant since, ZoneId zone) {
        return PAGE.fill(Map.of(
                "lang", language,
                "title", title,
                "text", text,
                "since-label", sinceLabel,
                "since", shown(since, zone),
                "instant", since.truncatedTo(ChronoUnit.SECONDS).toString(),
                "for", elapsed,
                "again", again,
                "reference", reference,
                "operation", operation.value()));
    }

    private String shown(Instant since, ZoneId zone) {
        ZonedDateTime time = since.atZone(zone);
        String offset = time.getOffset().getTotalSeconds() == 0
                ? "UTC"
                : "UTC" + time.getOffset().getId();
        return DateTimeFormatter.ofPattern(sincePattern, locale).format(time)
                + " <span class=\"zone\">("
                + offset.replace('-', '\u2212')
                + ")</span>";
    }
}
