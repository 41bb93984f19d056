package nocobase.procedures.audit;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nocobase.procedures.audit.EvidencePack.Answered;
import nocobase.procedures.audit.EvidencePack.Decided;
import nocobase.procedures.audit.EvidencePack.Step;
import nocobase.procedures.language.Language;
import nocobase.procedures.language.Messages;
import org.springframework.web.util.HtmlUtils;

/** An evidence pack as one self-contained HTML file: no script, no font, no picture from elsewhere; prints well. */
final class EvidencePage {

    private static final DateTimeFormatter MOMENT = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss z");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");
    private static final String STYLE = """
            body{font:15px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#1d2733}
            h1{font-size:1.5rem;margin:0}h2{font-size:1.1rem;margin:2rem 0 .5rem}
            table{border-collapse:collapse;width:100%}td,th{padding:.3rem .6rem;text-align:left;vertical-align:top;
            border-bottom:1px solid #dde3ea}th{color:#52606d;font-weight:600}.number{text-align:right;
            font-variant-numeric:tabular-nums}.cancelled{color:#9a3412}.changed{font-weight:600}.outcome{font-size:1.1rem;color:#52606d}
            summary{cursor:pointer;margin-top:.5rem}
            @media print{body{margin:0;font-size:11px}details::details-content{content-visibility:visible;block-size:auto}}
            @media (max-width:40rem){td,th{padding:.3rem .3rem;overflow-wrap:anywhere}}
            """;

    private static final Pattern MOMENT_AS_KEPT = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z");
    private static final Inventory UNKNOWN = new Inventory(Map.of(), Map.of(), Map.of(), null, "");

    private static final Messages MESSAGES = Messages.of("audit");

    private final ZoneId zone;
    private final StringBuilder html = new StringBuilder();

    private EvidencePage(ZoneId zone) {
        this.zone = zone;
    }

    static String of(EvidencePack pack, ZoneId zone) {
        return new EvidencePage(zone).write(pack);
    }

    private String write(EvidencePack pack) {
        html.append("<!doctype html>\n<html lang=\"")
                .append(Language.spoken().toLanguageTag())
                .append(
                        "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>")
                .append(text(pack.procedure() + " " + pack.operation()))
                .append("</title><style>")
                .append(STYLE)
                .append("</style></head><body>\n<h1>")
                .append(text(pack.procedure() + " · " + pack.operation()))
                .append("</h1>\n<p class=\"outcome\">")
                .append(text(pack.outcome().isEmpty() ? MESSAGES.text("page.running") : pack.outcome()))
                .append("</p>\n");
        facts(pack);
        steps(pack);
        decisions(pack);
        remarks(pack);
        inventory(pack);
        return html.append("</body></html>\n").toString();
    }

    private void facts(EvidencePack pack) {
        html.append("<table>\n");
        pack.facts().forEach((label, value) -> fact(label, readable(value)));
        fact(MESSAGES.text("page.begun"), moment(pack.startedAt()));
        fact(
                MESSAGES.text("page.ended"),
                pack.endedAt() == null ? MESSAGES.text("page.running") : moment(pack.endedAt()));
        pack.downtimes().forEach(downtime -> fact(MESSAGES.text("downtime.label"), downtime(downtime, pack)));
        if (pack.downtimes().isEmpty()) {
            fact(MESSAGES.text("downtime.label"), MESSAGES.text("downtime.none"));
        }
        html.append("</table>\n");
    }

    private void fact(String label, String value) {
        html.append("<tr><th>")
                .append(text(label))
                .append("</th><td>")
                .append(text(value))
                .append("</td></tr>\n");
    }

    /** Moments are kept as the engine has them. */
    private String readable(String value) {
        return MOMENT_AS_KEPT.matcher(value).matches() ? moment(Instant.parse(value)) : value;
    }

    private void inventory(EvidencePack pack) {
        if (pack.before() == null && pack.after() == null) {
            return;
        }
        Inventory before = pack.before() == null ? UNKNOWN : pack.before();
        Inventory after = pack.after() == null ? UNKNOWN : pack.after();
        html.append("<h2>" + word("nodesAndPlugins") + "</h2>\n<table>\n<tr>" + headings("thing", "before", "after")
                + "</tr>\n");
        compare(word("node"), before.nodes(), after.nodes());
        compare(word("plugin"), changed(before.plugins(), after.plugins()), changed(after.plugins(), before.plugins()));
        compare(word("subApplication"), before.subApplications(), after.subApplications());
        html.append("</table>\n");
        plugins(before.plugins(), after.plugins());
        String trouble = (before.trouble() + " " + after.trouble()).strip();
        if (!trouble.isEmpty()) {
            html.append("<p>").append(text(trouble)).append("</p>\n");
        }
    }

    /** There are dozens: those that changed are shown with the nodes, all of them where somebody unfolds them. */
    private void plugins(Map<String, String> before, Map<String, String> after) {
        if (before.isEmpty() && after.isEmpty()) {
            return;
        }
        html.append("<details><summary>" + word("plugins") + " (")
                .append(Math.max(before.size(), after.size()))
                .append(")</summary>\n<table>\n<tr><th></th>" + headings("before", "after") + "</tr>\n");
        compare("", before, after);
        html.append("</table>\n</details>\n");
    }

    private static Map<String, String> changed(Map<String, String> plugins, Map<String, String> others) {
        return plugins.entrySet().stream()
                .filter(plugin -> !plugin.getValue().equals(others.get(plugin.getKey())))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** What changed stands out. */
    private void compare(String kind, Map<String, String> before, Map<String, String> after) {
        TreeSet<String> names = new TreeSet<>(before.keySet());
        names.addAll(after.keySet());
        for (String name : names) {
            boolean changed = !Objects.equals(before.get(name), after.get(name));
            html.append(changed ? "<tr class=\"changed\"><td>" : "<tr><td>").append(text((kind + " " + name).strip()));
            html.append("</td><td>").append(text(before.getOrDefault(name, "—")));
            html.append("</td><td>").append(text(after.getOrDefault(name, "—"))).append("</td></tr>\n");
        }
    }

    private void decisions(EvidencePack pack) {
        html.append("<h2>" + word("decisions") + "</h2>\n<table>\n<tr>" + headings("when", "who", "task", "answers")
                + "</tr>\n");
        for (Decided decision : pack.decisions()) {
            html.append("<tr><td>").append(moment(decision.decidedAt())).append("</td><td>");
            html.append(text(decision.person())).append("</td><td>").append(text(decision.taskName()));
            html.append("</td><td>");
            for (Answered answer : decision.answers()) {
                html.append(text(answer.question())).append(": ").append(text(answer.answer()));
                html.append(
                        answer.before() == null ? "" : " (" + word("answerBefore") + " " + text(answer.before()) + ")");
                html.append("<br>");
            }
            html.append("</td></tr>\n");
        }
        html.append("</table>\n");
    }

    private void remarks(EvidencePack pack) {
        if (pack.remarks().isEmpty()) {
            return;
        }
        html.append("<h2>" + word("remarks") + "</h2>\n<table>\n<tr>" + headings("when", "what") + "</tr>\n");
        for (Remark remark : pack.remarks()) {
            html.append("<tr><td>").append(moment(remark.at())).append("</td><td>");
            html.append(text(remark.text())).append("</td></tr>\n");
        }
        html.append("</table>\n");
    }

    private void steps(EvidencePack pack) {
        html.append("<h2>" + word("steps") + "</h2>\n<p>" + zone() + "</p>\n<table>\n<tr>");
        html.append(headings("from", "to")).append("<th class=\"number\">").append(word("seconds"));
        html.append("</th>").append(headings("phase", "step")).append("</tr>\n");
        for (Step step : pack.steps()) {
            html.append(step.cancelled() ? "<tr class=\"cancelled\"><td>" : "<tr><td>");
            html.append(time(step.startedAt())).append("</td><td>");
            html.append(step.endedAt() == null ? "" : time(step.endedAt())).append("</td><td class=\"number\">");
            html.append(step.endedAt() == null ? "" : seconds(Duration.between(step.startedAt(), step.endedAt())));
            html.append("</td><td>")
                    .append(text(step.process()))
                    .append("</td><td>")
                    .append(text(step.name()));
            html.append(step.cancelled() ? " (" + word("brokenOff") + ")" : "").append("</td></tr>\n");
        }
        html.append("</table>\n");
    }

    /** The steps bear no zone of their own. */
    private String zone() {
        return text(MESSAGES.text("page.zone", zone.getId()));
    }

    private static String headings(String... keys) {
        return Stream.of(keys).map(key -> "<th>" + word(key) + "</th>").collect(Collectors.joining());
    }

    private static String word(String key) {
        return text(MESSAGES.text("page." + key));
    }

    private static String seconds(Duration duration) {
        return String.format(java.util.Locale.ROOT, "%.1f", duration.toMillis() / 1000.0);
    }

    private String downtime(Downtime downtime, EvidencePack pack) {
        String whole = downtime.lasts() ? lasting(downtime, pack) : ended(downtime);
        String begun = downtime.operation().equals(pack.operation())
                ? ""
                : " " + MESSAGES.text("downtime.begunBy", downtime.operation());
        return whole + begun + (downtime.servedBefore() ? "" : " " + MESSAGES.text("downtime.unservedBefore"));
    }

    private String lasting(Downtime downtime, EvidencePack pack) {
        return MESSAGES.text(pack.endedAt() == null ? "downtime.lasts" : "downtime.lastsOn", moment(downtime.since()));
    }

    private String ended(Downtime downtime) {
        return MESSAGES.text(
                "downtime.ended", shown(downtime.length()), moment(downtime.since()), moment(downtime.until()));
    }

    private static String shown(Duration duration) {
        return duration.toMinutes() + " min " + duration.toSecondsPart() + " s";
    }

    private String moment(Instant moment) {
        return MOMENT.format(moment.atZone(zone));
    }

    private String time(Instant moment) {
        return TIME.format(moment.atZone(zone));
    }

    private static String text(String text) {
        return HtmlUtils.htmlEscape(text == null ? "" : text);
    }
}
