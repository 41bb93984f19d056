package nocobase.procedures.web;

import java.util.List;
import java.util.stream.Collectors;
import nocobase.procedures.cluster.Cluster;
import nocobase.procedures.cluster.ClusterSettings;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Plugin;
import nocobase.procedures.cluster.Seen;
import nocobase.procedures.language.Language;
import nocobase.procedures.language.Messages;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.HtmlUtils;

/** Where the private link of a rehearsal cluster leads: what its simulated node would show of itself. */
@RestController
class RehearsalNodeController {

    private static final Messages MESSAGES = Messages.of("web");

    private final Clusters clusters;

    RehearsalNodeController(Clusters clusters) {
        this.clusters = clusters;
    }

    /** @param secret at the end of the private link; a simulation opens nothing that it would have to guard */
    @GetMapping({"/rehearsal/{cluster}/node", "/rehearsal/{cluster}/node/{secret}"})
    ResponseEntity<String> node(@PathVariable String cluster, @PathVariable(required = false) String secret) {
        return clusters.all().stream()
                .filter(one -> one.name().equals(cluster))
                .filter(one -> one.settings().runtime() == ClusterSettings.Kind.REHEARSAL)
                .findFirst()
                .map(one -> ResponseEntity.ok()
                        .contentType(MediaType.parseMediaType("text/html;charset=UTF-8"))
                        .header(HttpHeaders.CACHE_CONTROL, "no-store")
                        .header("Content-Security-Policy", "default-src 'none'; style-src 'self'")
                        .body(page(one)))
                .orElseGet(() -> ResponseEntity.notFound().build());
    }

    private static String page(Cluster cluster) {
        Node first = cluster.runtime().observe().first();
        boolean closed = cluster.balancer().seen().kind() == Seen.Kind.MAINTENANCE_PAGE;
        String version = first.version() == null ? "?" : first.version().toString();
        return """
                <!doctype html>
                <html lang="%s" class="page"><head><meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1"><title>%s</title>
                <link rel="icon" href="data:,"><link rel="stylesheet" href="/status/card.css">
                <link rel="stylesheet" href="/status/status.css"></head>
                <body class="cards"><header><h1>%s</h1></header><main>
                <section class="cluster"><p class="present">%s</p><p>%s</p><p>%s</p></section>
                <section class="cluster"><h2>%s</h2>%s</section>
                </main></body></html>
                """.formatted(
                        Language.spoken().toLanguageTag(),
                        said("node.title", first.name(), cluster.name()),
                        said("node.title", first.name(), cluster.name()),
                        first.running() ? said("node.runs", version) : said("node.stopped", version),
                        said("node.simulation"),
                        closed ? said("node.onlyYou") : said("node.everybody"),
                        said("node.plugins"),
                        plugins(cluster.application().plugins()));
    }

    private static String plugins(List<Plugin> plugins) {
        List<Plugin> enabled = plugins.stream().filter(Plugin::enabled).toList();
        if (enabled.isEmpty()) {
            return "<p>" + said("node.noPlugin") + "</p>";
        }
        return enabled.stream()
                .map(plugin -> "<tr><td>" + text(plugin.name()) + "</td><td>" + text(plugin.version()) + "</td></tr>")
                .collect(Collectors.joining(
                        "\n",
                        "<table><thead><tr><th scope=\"col\">" + said("node.plugin") + "</th><th scope=\"col\">"
                                + said("node.version") + "</th></tr></thead><tbody>",
                        "</tbody></table>"));
    }

    private static String said(String key, Object... arguments) {
        return text(MESSAGES.text(key, arguments));
    }

    private static String text(String text) {
        return HtmlUtils.htmlEscape(text == null ? "" : text);
    }
}
