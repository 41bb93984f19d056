package nocobase.procedures.web;

import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import nocobase.procedures.audit.EvidenceSummary;
import nocobase.procedures.language.Language;
import nocobase.procedures.language.Messages;
import org.springframework.web.util.HtmlUtils;

/** The list of evidence packs as a page: newest first, filtered and searched by its address, without any script. */
final class EvidenceList {

    private static final Messages MESSAGES = Messages.of("web");
    private static final DateTimeFormatter MOMENT = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss z");

    private final List<EvidenceSummary> packs;
    private final Asked asked;

    /** What the reader wants to see; each may be empty. */
    record Asked(String cluster, String procedure, String words) {

        private boolean fits(EvidenceSummary pack) {
            String all = String.join(
                            " ",
                            pack.operation(),
                            pack.cluster(),
                            pack.procedure(),
                            pack.versions(),
                            pack.outcome(),
                            pack.who())
                    .toLowerCase(Locale.ROOT);
            return (cluster.isEmpty() || cluster.equals(pack.cluster()))
                    && (procedure.isEmpty() || procedure.equals(pack.procedure()))
                    && Arrays.stream(words.toLowerCase(Locale.ROOT).strip().split("\\s+"))
                            .allMatch(all::contains);
        }
    }

    EvidenceList(List<EvidenceSummary> packs, Asked asked) {
        this.packs = packs;
        this.asked = asked;
    }

    String page() {
        return """
                <!doctype html>
                <html lang="%s" class="page"><head><meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1"><title>%s</title>
                <link rel="icon" href="data:,"><link rel="stylesheet" href="/status/card.css">
                <link rel="stylesheet" href="/status/status.css"></head>
                <body class="cards"><header><h1>%s</h1><nav><a href="/status">%s</a></nav></header>
                <main><section class="cluster">%s%s</section></main></body></html>
                """.formatted(
                        Language.spoken().toLanguageTag(),
                        said("evidence.title"),
                        said("evidence.title"),
                        said("evidence.status"),
                        packs.isEmpty() ? "" : questions(),
                        found());
    }

    private String questions() {
        return "<form method=\"get\" action=\"/evidence/\" class=\"filter\">"
                + choice("cluster", said("evidence.cluster"), asked.cluster(), EvidenceSummary::cluster)
                + choice("procedure", said("evidence.procedure"), asked.procedure(), EvidenceSummary::procedure)
                + "<label>" + said("evidence.search") + " <input type=\"search\" name=\"q\" maxlength=\"100\" value=\""
                + text(asked.words()) + "\"></label>"
                + "<button>" + said("evidence.show") + "</button></form>";
    }

    private String choice(String name, String label, String chosen, Function<EvidenceSummary, String> value) {
        String options = packs.stream()
                .map(value)
                .filter(one -> !one.isEmpty())
                .distinct()
                .sorted()
                .map(one -> "<option" + (one.equals(chosen) ? " selected>" : ">") + text(one) + "</option>")
                .collect(Collectors.joining());
        return "<label>" + label + " <select name=\"" + name + "\"><option value=\"\">" + said("evidence.all")
                + "</option>" + options + "</select></label>";
    }

    private String found() {
        if (packs.isEmpty()) {
            return "<p>" + said("evidence.none") + "</p>";
        }
        List<EvidenceSummary> fitting = packs.stream().filter(asked::fits).toList();
        String count = "<p class=\"soft\">" + said("evidence.count", fitting.size(), packs.size()) + "</p>";
        return fitting.isEmpty() ? count : count + table(fitting);
    }

    private static String table(List<EvidenceSummary> packs) {
        String titles =
                List.of("cluster", "procedure", "versions", "outcome", "who", "start", "downtime", "pack").stream()
                        .map(column -> "<th scope=\"col\">" + said("evidence." + column) + "</th>")
                        .collect(Collectors.joining());
        return packs.stream()
                .map(EvidenceList::row)
                .collect(Collectors.joining(
                        "\n",
                        "<table class=\"list\"><thead><tr>" + titles + "</tr></thead><tbody>",
                        "</tbody></table>"));
    }

    private static String row(EvidenceSummary pack) {
        String operation = text(pack.operation());
        return "<tr>"
                + cell("cluster", text(pack.cluster()))
                + cell("procedure", text(pack.procedure()))
                + cell("versions", text(pack.versions()))
                + cell("outcome", text(pack.outcome()))
                + cell("who", text(pack.who()))
                + cell(
                        "start",
                        "<time datetime=\"" + pack.startedAt() + "\">"
                                + text(MOMENT.format(pack.startedAt().atZone(ZoneId.systemDefault()))) + "</time>")
                + cell("downtime", text(downtime(pack.downtimeSeconds())))
                + cell(
                        "pack",
                        "<a href=\"/evidence/%1$s\">%1$s</a> · <a href=\"/evidence/%1$s?download\">%2$s</a>"
                                .formatted(operation, said("evidence.download")))
                + "</tr>";
    }

    /** On a phone each cell says what it is. */
    private static String cell(String column, String html) {
        return "<td data-label=\"" + said("evidence." + column) + "\">" + html + "</td>";
    }

    private static String downtime(Long seconds) {
        if (seconds == null) {
            return "—";
        }
        Duration down = Duration.ofSeconds(seconds);
        return (down.toHours() > 0 ? down.toHours() + " h " : "") + down.toMinutesPart() + " min "
                + down.toSecondsPart() + " s";
    }

    private static String said(String key, Object... arguments) {
        return text(MESSAGES.text(key, arguments));
    }

    private static String text(String text) {
        return HtmlUtils.htmlEscape(text == null ? "" : text);
    }
}
