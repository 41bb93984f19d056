package nocobase.procedures.balancer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import nocobase.procedures.cluster.MaintenanceStep;
import nocobase.procedures.cluster.Route;

/**
 * What clients get with the 503 in one of its languages: a page for people (one file, nothing to load from elsewhere,
 * readable on a phone) and an answer for programs.
 */
enum MaintenancePage {
    EN(
            Locale.ENGLISH,
            "en",
            MaintenanceStep::english,
            "We will be right back",
            "This system is under maintenance. Everything you saved is kept.",
            "Unavailable since",
            "d MMMM uuuu, HH:mm",
            "for",
            "Now",
            "Expected back at about",
            "It is taking longer than expected. We are on it.",
            "Time so far, against the expected return",
            "You can leave this page open: it continues by itself.",
            "Reference",
            "Under maintenance since %s.",
            "Expected back at about %s.",
            "Please try again in a few minutes."),
    PT(
            Locale.forLanguageTag("pt-BR"),
            "pt-BR",
            MaintenanceStep::portuguese,
            "Voltamos já",
            "O sistema está em manutenção. Tudo o que você salvou está guardado.",
            "Indisponível desde",
            "d 'de' MMMM 'de' uuuu, HH:mm",
            "há",
            "Agora",
            "Retorno previsto por volta de",
            "Está demorando mais do que o previsto. Estamos cuidando disso.",
            "Tempo decorrido em relação ao retorno previsto",
            "Pode deixar esta página aberta: ela continua sozinha.",
            "Referência",
            "Em manutenção desde %s.",
            "Retorno previsto por volta de %s.",
            "Tente de novo em alguns minutos.");

    /** The code in the answers for programs. */
    static final String CODE = "MAINTENANCE";

    private static final Template PAGE = Template.named("maintenance.html");

    private final Locale locale;
    private final String language;
    private final Function<MaintenanceStep, String> step;
    private final String title;
    private final String text;
    private final String sinceLabel;
    private final String pattern;
    private final String elapsed;
    private final String stepLabel;
    private final String endLabel;
    private final String late;
    private final String progress;
    private final String again;
    private final String reference;
    private final String sinceMessage;
    private final String endMessage;
    private final String againMessage;

    MaintenancePage(
            Locale locale,
            String language,
            Function<MaintenanceStep, String> step,
            String title,
            String text,
            String sinceLabel,
            String pattern,
            String elapsed,
            String stepLabel,
            String endLabel,
            String late,
            String progress,
            String again,
            String reference,
            String sinceMessage,
            String endMessage,
            String againMessage) {
        this.locale = locale;
        this.language = language;
        this.step = step;
        this.title = title;
        this.text = text;
        this.sinceLabel = sinceLabel;
        this.pattern = pattern;
        this.elapsed = elapsed;
        this.stepLabel = stepLabel;
        this.endLabel = endLabel;
        this.late = late;
        this.progress = progress;
        this.again = again;
        this.reference = reference;
        this.sinceMessage = sinceMessage;
        this.endMessage = endMessage;
        this.againMessage = againMessage;
    }

    /** As nginx chooses it. */
    String code() {
        return language.substring(0, 2);
    }

    String html(Route.Maintenance route, ZoneId zone) {
        Map<String, String> values = new HashMap<>();
        values.put("lang", language);
        values.put("title", title);
        values.put("text", text);
        values.put("since-label", sinceLabel);
        values.put("since", shown(route.since(), zone));
        values.put("instant", seconds(route.since()).toString());
        values.put("for", elapsed);
        values.put("again", again);
        values.put("reference", reference);
        values.put("operation", route.operation().value());
        values.put("step-row", route.step() == null ? "" : row(stepLabel, step.apply(route.step())));
        values.put("end-row", route.expectedEnd() == null ? "" : endRow(minutes(route.expectedEnd()), zone));
        return PAGE.fill(values);
    }

    private String endRow(Instant end, ZoneId zone) {
        String time = "<time id=\"end\" datetime=\"" + end + "\">" + shown(end, zone) + "</time>";
        String bar = "<progress id=\"progress\" max=\"1\" aria-label=\"" + progress + "\"></progress>";
        return row(endLabel, time + "<small id=\"late\" hidden>" + late + "</small>" + bar);
    }

    private static String row(String label, String content) {
        return "\n    <dt>" + label + "</dt>\n    <dd>" + content + "</dd>";
    }

    /**
     * As NocoBase's gateway answers while it is not ready, so that its pages in people's browsers wait instead of showing an
     * error; and in the shape of its other errors, for programs.
     */
    String json(Route.Maintenance route) {
        String message = message(route);
        ObjectNode answer = new ObjectMapper().createObjectNode();
        answer.putObject("error")
                .put("status", 503)
                .put("maintaining", true)
                .put("message", message)
                .put("code", CODE);
        answer.putArray("errors").addObject().put("message", message).put("code", CODE);
        ObjectNode maintenance = answer.putObject("maintenance")
                .put("since", seconds(route.since()).toString());
        if (route.step() != null) {
            maintenance.put("step", route.step().name());
        }
        if (route.expectedEnd() != null) {
            maintenance.put("expectedEnd", minutes(route.expectedEnd()).toString());
        }
        return answer.toString();
    }

    private String message(Route.Maintenance route) {
        String what = route.step() == null ? "" : " " + step.apply(route.step()) + ".";
        String end = route.expectedEnd() == null ? againMessage : endMessage.formatted(minutes(route.expectedEnd()));
        return sinceMessage.formatted(seconds(route.since())) + what + " " + end;
    }

    private static Instant seconds(Instant moment) {
        return moment.truncatedTo(ChronoUnit.SECONDS);
    }

    /** Whole minutes, rather late than early: an estimate is no more precise than that. */
    private static Instant minutes(Instant moment) {
        Instant minute = moment.truncatedTo(ChronoUnit.MINUTES);
        return minute.equals(moment) ? minute : minute.plus(1, ChronoUnit.MINUTES);
    }

    private String shown(Instant moment, ZoneId zone) {
        ZonedDateTime time = moment.atZone(zone);
        String offset = time.getOffset().getTotalSeconds() == 0
                ? "UTC"
                : "UTC" + time.getOffset().getId();
        return DateTimeFormatter.ofPattern(pattern, locale).format(time)
                + " <span class=\"zone\">("
                + offset.replace('-', '\u2212')
                + ")</span>";
    }
}
