package nocobase.procedures.balancer;

import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import nocobase.procedures.cluster.BalancerSettings;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.NodePaths;
import nocobase.procedures.cluster.Route;
import nocobase.procedures.cluster.Texts;
import nocobase.procedures.language.Messages;

/**
 * The cluster's server block as text, for nginx 1.18 and newer, which includes it in its {@code http} section. Pure: the
 * same route gives the same text. Names that are global in nginx bear the cluster's name, since one nginx may stand before
 * several clusters.
 */
final class ServerBlock {

    private static final Messages MESSAGES = Messages.of("balancer");

    static final String ROUTE_HEADER = "X-Procedures-Route";
    static final String NODE_HEADER = "X-Procedures-Node";
    static final String PROBE_HEADER = "X-Procedures-Probe";

    /** Seconds. Short, because pages of NocoBase that are open in browsers wait that long before they ask again. */
    private static final String RETRY_AFTER = "15";

    private static final Pattern LINK = Pattern.compile("[A-Za-z0-9_-]{20,128}");
    private static final Pattern LISTEN = Pattern.compile("[A-Za-z0-9.:*\\[\\]_= ,-]{1,200}");
    private static final Pattern SERVER_NAMES = Pattern.compile("[A-Za-z0-9.*_ -]{1,1000}");
    private static final Pattern DIRECTORY = Pattern.compile("(/[A-Za-z0-9._-]+)+");

    private static final Template NODES = Template.named("nodes.conf");
    private static final Template CLOSED = Template.named("closed.conf");
    private static final Template UNDER_TEST = Template.named("under-test.conf");
    private static final Template LANGUAGE = Template.named("language.conf");
    private static final Template PROXY = Template.named("proxy.conf");
    private static final Template PAGE_LOCATION = Template.named("page.conf");

    private final String cluster;
    private final BalancerSettings settings;
    private final ZoneId zone;

    /** @throws IllegalArgumentException if a setting cannot stand in nginx's configuration; the message names its key */
    ServerBlock(String cluster, BalancerSettings settings, ZoneId zone) {
        this.cluster = cluster;
        this.settings = settings;
        this.zone = zone;
        require(LISTEN, settings.listen(), "listen", MESSAGES.text("setting.listen"));
        require(SERVER_NAMES, settings.serverNames(), "server-names", MESSAGES.text("setting.serverNames"));
        require(DIRECTORY, settings.directory(), "directory", MESSAGES.text("setting.directory"));
    }

    private void require(Pattern pattern, String value, String key, String expected) {
        if (!pattern.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    MESSAGES.text("setting.refused", cluster, key, Texts.shown(value), expected));
        }
    }

    /** The file that nginx must include; the pages lie beside it. */
    String fileName() {
        return cluster + ".conf";
    }

    String cookieName() {
        return id();
    }

    Configuration nodes(List<Address> nodes) {
        return nodes(nodes, Manner.USUAL);
    }

    Configuration nodes(List<Address> nodes, Manner manner) {
        if (nodes.isEmpty()) {
            throw new IllegalArgumentException("A route to no node at all is no route.");
        }
        Map<String, String> values = common(manner);
        values.put("nodes", nodes.stream().map(Address::node).collect(Collectors.joining(", ")));
        values.put("servers", servers(nodes));
        return Configuration.of(Map.of(), fileName(), text(NODES, values, manner), nodes);
    }

    /**
     * Without marking a node as failed: by nginx's default one refused connection at each node is enough for ten seconds of 502
     * for everybody ("no live upstreams", seen under load). A request that a node refuses goes to the next one all the same.
     */
    private static String servers(List<Address> nodes) {
        return nodes.stream()
                .map(node -> "    server " + node.server() + " max_fails=0; # " + String.join(" ", node.hosts()))
                .collect(Collectors.joining("\n"));
    }

    /** @param underTest where the node behind the private link is, or null if there is none */
    Configuration maintenance(Route.Maintenance route, Address underTest) {
        return maintenance(route, underTest, Manner.USUAL);
    }

    Configuration maintenance(Route.Maintenance route, Address underTest, Manner manner) {
        Map<String, String> values = common(manner);
        values.put("operation", route.operation().value());
        values.put("since", route.since().truncatedTo(ChronoUnit.SECONDS).toString());
        values.put("language", LANGUAGE.fill(values));
        Map<String, String> silent = pages(route.showing(null, null));
        if (underTest == null) {
            return Configuration.of(silent, fileName(), text(CLOSED, values, manner), List.of())
                    .withPages(pages(route));
        }
        values.put("node", underTest.node());
        values.put("address", underTest.byAddress());
        values.put("link", requireLink(route.link()));
        values.put("cookie", cookieName());
        values.put("secure", "https".equals(settings.shownUrl().getScheme()) ? "; Secure" : "");
        return Configuration.of(silent, fileName(), text(UNDER_TEST, values, manner), List.of(underTest))
                .withPages(pages(route));
    }

    private Map<String, String> pages(Route.Maintenance route) {
        Map<String, String> pages = new LinkedHashMap<>();
        for (MaintenancePage page : MaintenancePage.values()) {
            pages.put(pageName() + "." + page.code() + ".html", page.html(route, zone) + "\n");
            pages.put(pageName() + "." + page.code() + ".json", page.json(route) + "\n");
        }
        return pages;
    }

    /** @return the secret, which may stand in a configuration file */
    static String requireLink(String link) {
        if (link == null || !LINK.matcher(link).matches()) {
            // The secret itself is never repeated.
            throw new IllegalArgumentException(
                    "The private link's secret must be 20 to 128 letters, digits, \"-\" and \"_\".");
        }
        return link;
    }

    private static String text(Template template, Map<String, String> values, Manner manner) {
        return OwnersLines.leftTo(manner.owners(), template.fill(values)) + "\n";
    }

    private Map<String, String> common(Manner manner) {
        NodePaths paths = manner.paths();
        if (!paths.plain()) {
            throw new CannotProceedException(Failure.of(
                    MESSAGES.text("paths.odd", Texts.shown(paths.api()), Texts.shown(paths.webSocket())),
                    MESSAGES.text("paths.odd.remedy")));
        }
        Map<String, String> values = new HashMap<>();
        values.put("pages", paths.pages());
        values.put("api", paths.api());
        values.put("web-socket", paths.webSocket());
        values.put("cluster", cluster);
        values.put("id", id());
        values.put("generation", Configuration.GENERATION);
        values.put("probe", Configuration.PROBE);
        values.put(
                "listen",
                Arrays.stream(settings.listen().split(","))
                        .map(listen -> "    listen " + listen.strip() + ";")
                        .collect(Collectors.joining("\n")));
        values.put("server-names", serverNames());
        values.put("directory", settings.directory());
        values.put("retry-after", RETRY_AFTER);
        values.put("page", pageName());
        values.put("proxy", PROXY.fill(values));
        values.put("page-location", PAGE_LOCATION.fill(values));
        return values;
    }

    /** With names given, the engine's own probes must reach this server block too. */
    private String serverNames() {
        String names = settings.serverNames().strip();
        String probed = settings.url().getHost();
        boolean known = Arrays.asList(names.split("\\s+")).contains(probed);
        return names.equals("_") || known || !SERVER_NAMES.matcher(probed).matches() ? names : names + " " + probed;
    }

    private String pageName() {
        return cluster + ".maintenance";
    }

    /** Short: with its ending it must fit nginx's default variables_hash_bucket_size of 64, also for the longest name. */
    private String id() {
        return "ncp_" + cluster.replace('-', '_');
    }
}
