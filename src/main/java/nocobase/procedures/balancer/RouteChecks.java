package nocobase.procedures.balancer;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import nocobase.procedures.balancer.RouteTrial.Said;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Containers.ExecResult;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.NodePaths;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Route;
import nocobase.procedures.cluster.Texts;
import nocobase.procedures.language.Messages;

/**
 * Each route that a procedure may need, tried before: nginx tests its text with the owner's files, and each node is asked from
 * where nginx stands.
 */
final class RouteChecks {

    private static final Messages MESSAGES = Messages.of("balancer");

    private static final String ASK = Script.read("ask-nodes.sh");
    private static final Pattern ANSWER = Pattern.compile("(?m)^=== (\\S+) (\\d{3})$");
    /** Stands for the private link's, which is made when it is needed. */
    private static final String SECRET = "x".repeat(22);

    private static final int NOTHING_TO_ASK_WITH = 3;

    private final Nginx nginx;
    private final ServerBlock block;
    private final Addresses addresses;
    private final RouteTrial trial;

    RouteChecks(String cluster, Nginx nginx, ServerBlock block, Addresses addresses) {
        this.nginx = nginx;
        this.block = block;
        this.addresses = addresses;
        this.trial = new RouteTrial(nginx, cluster);
    }

    /**
     * @param owners directives that the owner's lines say, as nginx told
     * @param included whether nginx reads our file; empty where it could not be seen
     */
    record Found(List<Check> checks, Set<String> owners, Optional<Boolean> included) {}

    Found of(List<Node> nodes, NodePaths paths) {
        List<Node> serving = nodes.stream()
                .filter(node -> node.url() != null && !node.worker())
                .toList();
        List<Address> found = addresses.of(serving);
        List<Check> checks = new ArrayList<>();
        if (!found.isEmpty()) {
            checks.add(reached(found, paths));
        }
        Set<String> owners = new TreeSet<>();
        Optional<Said> said = trial.of(block.fileName(), routes(found, new Manner(paths, owners)));
        while (said.isPresent() && owners.add(doubled(said.get()))) {
            said = trial.of(block.fileName(), routes(found, new Manner(paths, owners)));
        }
        owners.remove("");
        checks.add(0, said.map(this::routes).orElseGet(RouteChecks::untried));
        return new Found(
                checks, owners, said.filter(it -> it.bare().succeeded()).map(Said::included));
    }

    private Map<String, Configuration> routes(List<Address> nodes, Manner manner) {
        Route.Maintenance closed = Route.Maintenance.closed(new OperationId("trial-aaaaaaaa"), Instant.EPOCH);
        Map<String, Configuration> routes = new LinkedHashMap<>();
        routes.put("page", block.maintenance(closed, null, manner));
        if (!nodes.isEmpty()) {
            routes.put("link", block.maintenance(closed.withWayIn(null, SECRET), nodes.get(0), manner));
            routes.put("one", block.nodes(nodes.subList(0, 1), manner));
            routes.put("all", block.nodes(nodes, manner));
        }
        return routes;
    }

    /** A directive of ours that yields to the owner's; empty if there is no such complaint. */
    private String doubled(Said said) {
        return said.routes().values().stream()
                .map(result -> OwnersLines.duplicate(result.output(), nginx.ourFile(block.fileName())))
                .filter(OwnersLines::yields)
                .findFirst()
                .orElse("");
    }

    private Check routes(Said said) {
        String name = MESSAGES.text("check.routes");
        if (!said.bare().succeeded()) {
            return Check.warn(
                    name,
                    MESSAGES.text(
                            "check.routes.untried", Texts.shown(said.bare().output(), 300)),
                    MESSAGES.text("check.routes.untried.remedy"));
        }
        for (Map.Entry<String, ExecResult> route : said.routes().entrySet()) {
            if (!route.getValue().succeeded()) {
                String output = route.getValue().output();
                return Check.fail(
                        name,
                        MESSAGES.text(
                                "check.routes.refused",
                                MESSAGES.text("check.routes." + route.getKey()),
                                Nginx.reason(output)),
                        nginx.remedy(output, block.fileName()));
            }
        }
        return Check.pass(name, MESSAGES.text("check.routes.good", said.routes().size()));
    }

    private static Check untried() {
        return Check.warn(
                MESSAGES.text("check.routes"),
                MESSAGES.text("check.routes.noTools"),
                MESSAGES.text("check.routes.untried.remedy"));
    }

    private Check reached(List<Address> nodes, NodePaths paths) {
        String name = MESSAGES.text("check.reached");
        List<String> servers = nodes.stream().map(Address::server).toList();
        List<String> arguments = new ArrayList<>(List.of(paths.health()));
        arguments.addAll(servers);
        ExecResult asked = nginx.sh(ASK, "ask-nodes.sh", arguments);
        if (asked.exitCode() == NOTHING_TO_ASK_WITH) {
            return Check.warn(
                    name, MESSAGES.text("check.reached.noTools"), MESSAGES.text("check.reached.noTools.remedy"));
        }
        Map<String, String> answers = new TreeMap<>();
        Matcher answer = ANSWER.matcher(asked.output());
        while (answer.find()) {
            answers.put(answer.group(1), answer.group(2));
        }
        String silent = nodes.stream()
                .filter(node -> answers.getOrDefault(node.server(), "000").equals("000"))
                .map(node -> node.node() + " (" + node.server() + ")")
                .collect(Collectors.joining(", "));
        return silent.isEmpty()
                ? Check.pass(name, MESSAGES.text("check.reached.good", String.join(", ", servers)))
                : Check.fail(
                        name,
                        MESSAGES.text("check.reached.silent", silent),
                        MESSAGES.text("check.reached.silent.remedy"));
    }
}
