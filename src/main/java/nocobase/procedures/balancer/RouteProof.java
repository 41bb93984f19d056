package nocobase.procedures.balancer;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nocobase.procedures.balancer.BalancerClient.Answer;
import nocobase.procedures.cluster.Route;
import nocobase.procedures.cluster.Seen;

/**
 * What one round of requests shows. A reload is asynchronous, so the generation in each answer counts and not nginx's exit
 * code.
 */
final class RouteProof {

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

    Finding of(Route route, Configuration expected) {
        try {
            return route instanceof Route.Maintenance maintenance
                    ? maintenance(maintenance, expected)
                    : nodes(expected);
        } catch (IOException failed) {
            return new Finding.Silent(failed.getMessage());
        }
    }

    /** Whether the balancer answers with that generation right now. */
    boolean inForce(String generation) {
        try {
            return client.get("/api/__health_check").generation().equals(generation);
        } catch (IOException silent) {
            return false;
        }
    }

    /** By one request, whatever route was meant. */
    Seen seen() {
        Answer answer;
        try {
            answer = client.get("/api/__health_check");
        } catch (IOException silent) {
            return new Seen(Seen.Kind.SILENT, "The balancer does not answer: " + silent.getMessage());
        }
        // NocoBase answers 503 too while it starts, yet without the two headers of our page.
        boolean page = answer.status() == 503
                && !answer.generation().isEmpty()
                && !answer.header("Retry-After").isEmpty();
        if (page) {
            return new Seen(Seen.Kind.MAINTENANCE_PAGE, "Clients get the 503 page");
        }
        return answer.status() == 200
                ? new Seen(Seen.Kind.SERVED, "Clients reach NocoBase")
                : new Seen(Seen.Kind.TROUBLE, "Clients get " + answer.status());
    }

    private Finding maintenance(Route.Maintenance route, Configuration expected) throws IOException {
        for (int i = 0; i < MAINTENANCE_REQUESTS; i++) {
            for (String path : List.of("/", "/api/__health_check")) {
                Answer answer = client.get(path);
                if (!answer.generation().equals(expected.generation())) {
                    return new Finding.OtherRoute(answer.generation());
                }
                if (answer.status() != 503 || answer.header("Retry-After").isEmpty()) {
                    return new Finding.NotYet("clients get " + answer.status() + " instead of the 503 page at " + path);
                }
                if (!answer.body().contains(path.equals("/") ? route.operation().value() : MaintenancePage.CODE)) {
                    return new Finding.NotYet("clients get 503 without our page at " + path
                            + ": is nginx's user allowed to read the files in its directory?");
                }
            }
        }
        return expected.addresses().isEmpty() ? new Finding.Proven("Clients get the 503 page") : wayIn(route, expected);
    }

    /** Through the link to the cookie, and with the cookie to the node, as a browser goes. */
    private Finding wayIn(Route.Maintenance route, Configuration expected) throws IOException {
        Address node = expected.addresses().get(0);
        Answer link = client.get("/" + route.link());
        String cookie = link.header("Set-Cookie").split(";", 2)[0];
        if (link.status() != 302 || !cookie.startsWith(block.cookieName() + "=")) {
            return new Finding.NotYet("the private link answers " + link.status());
        }
        Answer inside = client.get("/api/__health_check", "Cookie", cookie, ServerBlock.PROBE_HEADER, expected.probe());
        String upstream = inside.header(ServerBlock.NODE_HEADER);
        if (!node.is(upstream) || inside.status() == 502 || inside.status() == 504) {
            return new Finding.NotYet(
                    "the private link does not reach node " + node.node() + " yet (" + inside.status() + ")");
        }
        return new Finding.Proven("Clients get the 503 page; the private link reaches node " + node.node());
    }

    /** One turn of the balancer, and one more for a turn that others' requests took. */
    private Finding nodes(Configuration expected) throws IOException {
        Map<String, Boolean> seen = new LinkedHashMap<>();
        expected.addresses().forEach(address -> seen.put(address.node(), false));
        String trouble = "";
        for (int i = 0; i < 2 * seen.size() && seen.containsValue(false); i++) {
            Answer answer = client.get("/api/__health_check", ServerBlock.PROBE_HEADER, expected.probe());
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
                trouble = "; " + node.map(Address::node).orElse(upstream) + " answers " + answer.status();
            }
        }
        List<String> missing = seen.entrySet().stream()
                .filter(entry -> !entry.getValue())
                .map(Map.Entry::getKey)
                .toList();
        return missing.isEmpty()
                ? new Finding.Proven("Clients reach " + String.join(", ", seen.keySet()))
                : new Finding.NotYet("not answering through the balancer yet: " + String.join(", ", missing) + trouble);
    }
}
