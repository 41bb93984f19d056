package nocobase.procedures.balancer;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nocobase.procedures.balancer.BalancerClient.Answer;
import nocobase.procedures.cluster.NodePaths;
import nocobase.procedures.cluster.Route;
import nocobase.procedures.cluster.Seen;
import nocobase.procedures.language.Messages;

/**
 * What one round of requests shows. A reload is asynchronous, so the generation in each answer counts and not nginx's exit
 * code.
 */
final class RouteProof {

    private static final Messages MESSAGES = Messages.of("balancer");

    private static final int MAINTENANCE_REQUESTS = 3;

    private final BalancerClient client;
    private final ServerBlock block;

    RouteProof(BalancerClient client, ServerBlock block) {
        this.client = client;
        this.block = block;
    }

    /** How a round of requests ended. */
    sealed interface Finding {

        /** Clients get the route. */
        record Proven(String text) implements Finding {}

        /** The route is in force, what is behind it is not ready yet. */
        record NotYet(String text) implements Finding {}

        /** The balancer answers, with another route. */
        record OtherRoute(String generation) implements Finding {}

        /** The balancer does not answer. */
        record Silent(String reason) implements Finding {}
    }

    Finding of(Route route, Configuration expected, NodePaths paths) {
        try {
            return route instanceof Route.Maintenance maintenance
                    ? maintenance(maintenance, expected, paths)
                    : nodes(expected, paths);
        } catch (IOException failed) {
            return new Finding.Silent(failed.getMessage());
        }
    }

    /** Whether the balancer answers with that generation right now. */
    boolean inForce(String generation, NodePaths paths) {
        try {
            return client.get(paths.health()).generation().equals(generation);
        } catch (IOException silent) {
            return false;
        }
    }

    /** By one request, whatever route was meant. */
    Seen seen(NodePaths paths) {
        Answer answer;
        try {
            answer = client.get(paths.health());
        } catch (IOException silent) {
            return new Seen(Seen.Kind.SILENT, MESSAGES.text("seen.silent", silent.getMessage()));
        }
        // NocoBase answers 503 too while it starts, yet without the two headers of our page.
        boolean page = answer.status() == 503
                && !answer.generation().isEmpty()
                && !answer.header("Retry-After").isEmpty();
        if (page) {
            return new Seen(Seen.Kind.MAINTENANCE_PAGE, MESSAGES.text("seen.page"));
        }
        return answer.status() == 200
                ? new Seen(Seen.Kind.SERVED, MESSAGES.text("seen.served"))
                : new Seen(Seen.Kind.TROUBLE, MESSAGES.text("seen.trouble", answer.status()));
    }

    private Finding maintenance(Route.Maintenance route, Configuration expected, NodePaths paths) throws IOException {
        for (int i = 0; i < MAINTENANCE_REQUESTS; i++) {
            for (String path : List.of(paths.pages(), paths.health())) {
                Answer answer = client.get(path);
                if (!answer.generation().equals(expected.generation())) {
                    return new Finding.OtherRoute(answer.generation());
                }
                if (answer.status() != 503 || answer.header("Retry-After").isEmpty()) {
                    return new Finding.NotYet(MESSAGES.text("proof.noPage", answer.status(), path));
                }
                if (!answer.body()
                        .contains(path.equals(paths.pages()) ? route.operation().value() : MaintenancePage.CODE)) {
                    return new Finding.NotYet(MESSAGES.text("proof.bare503", path));
                }
            }
        }
        return expected.addresses().isEmpty()
                ? new Finding.Proven(MESSAGES.text("seen.page"))
                : wayIn(route, expected, paths);
    }

    /** Through the link to the cookie, and with the cookie to the node, as a browser goes. */
    private Finding wayIn(Route.Maintenance route, Configuration expected, NodePaths paths) throws IOException {
        Address node = expected.addresses().get(0);
        Answer link = client.get(paths.pages() + route.link());
        String cookie = link.header("Set-Cookie").split(";", 2)[0];
        if (link.status() != 302 || !cookie.startsWith(block.cookieName() + "=")) {
            return new Finding.NotYet(MESSAGES.text("proof.link", link.status()));
        }
        Answer inside = client.get(paths.health(), "Cookie", cookie, ServerBlock.PROBE_HEADER, expected.probe());
        String upstream = inside.header(ServerBlock.NODE_HEADER);
        if (!node.is(upstream) || inside.status() == 502 || inside.status() == 504) {
            return new Finding.NotYet(MESSAGES.text("proof.linkNode", node.node(), inside.status()));
        }
        return new Finding.Proven(MESSAGES.text("proof.pageAndLink", node.node()));
    }

    /** One turn of the balancer, and one more for a turn that others' requests took. */
    private Finding nodes(Configuration expected, NodePaths paths) throws IOException {
        Map<String, Boolean> seen = new LinkedHashMap<>();
        expected.addresses().forEach(address -> seen.put(address.node(), false));
        String trouble = "";
        for (int i = 0; i < 2 * seen.size() && seen.containsValue(false); i++) {
            Answer answer = client.get(paths.health(), ServerBlock.PROBE_HEADER, expected.probe());
            if (!answer.generation().equals(expected.generation())) {
                return new Finding.OtherRoute(answer.generation());
            }
            String upstream = answer.header(ServerBlock.NODE_HEADER);
            Optional<Address> node = expected.addresses().stream()
                    .filter(address -> address.is(upstream))
                    .findFirst();
            if (node.isPresent()
                    && answer.status() == 200
                    && answer.body().strip().equals("ok")) {
                seen.put(node.get().node(), true);
            } else {
                // Several addresses: nginx had to pass the request on, because the first did not take it.
                trouble = MESSAGES.text(
                        "proof.nodeTrouble", node.map(Address::node).orElse(upstream), answer.status());
            }
        }
        List<String> missing = seen.entrySet().stream()
                .filter(entry -> !entry.getValue())
                .map(Map.Entry::getKey)
                .toList();
        return missing.isEmpty()
                ? new Finding.Proven(MESSAGES.text("proof.nodes", String.join(", ", seen.keySet())))
                : new Finding.NotYet(MESSAGES.text("proof.missing", String.join(", ", missing), trouble));
    }
}
