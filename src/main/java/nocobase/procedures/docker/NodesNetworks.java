package nocobase.procedures.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Gives a job what a node has to find its database with: all its networks, names of hosts and name servers. A database may be
 * in any of a node's networks, and be known by a name that only the node's definition tells.
 */
final class NodesNetworks {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final List<String> NAMES = List.of("ExtraHosts", "Dns", "DnsOptions", "DnsSearch");

    private final DockerEngine engine;
    private final Supplier<Optional<NodeContainer>> node;
    /** Where there is no node. */
    private final String otherwise;

    NodesNetworks(DockerEngine engine, Supplier<Optional<NodeContainer>> node, String otherwise) {
        this.engine = engine;
        this.node = node;
        this.otherwise = otherwise;
    }

    /** The part that a container gets when it is created. */
    void into(ObjectNode hostConfig) {
        Optional<JsonNode> host = node.get().map(container -> container.json().path("HostConfig"));
        String mode = host.map(it -> it.path("NetworkMode").asText("")).orElse(otherwise);
        hostConfig.put("NetworkMode", mode);
        if (host.isEmpty() || mode.startsWith("container:")) {
            return;
        }
        for (String field : NAMES) {
            if (host.get().path(field) instanceof ArrayNode values && !values.isEmpty()) {
                hostConfig.set(field, values.deepCopy());
            }
        }
        links(host.get()).forEach(link -> hostConfig.withArray("/Links").add(link));
    }

    /** The engine tells {@code /db:/app-1/alias} and takes {@code db:alias}. */
    private static List<String> links(JsonNode host) {
        List<String> links = new ArrayList<>();
        for (JsonNode link : host.path("Links")) {
            String[] parts = link.asText().split(":", 2);
            links.add(parts[0].replaceFirst("^/", "") + ":" + parts[1].substring(parts[1].lastIndexOf('/') + 1));
        }
        return links;
    }

    /** The networks that a container is connected to before it starts: engines before API 1.44 take one when it is created. */
    void connect(NodeContainer job) {
        JsonNode has = job.json().path("NetworkSettings").path("Networks");
        node.get()
                .map(container -> Recreation.furtherNetworks(container.json()).keySet())
                .ifPresent(networks -> networks.stream()
                        .filter(network -> !has.has(network))
                        .forEach(network -> engine.post(
                                "/networks/" + DockerEngine.encoded(network) + "/connect",
                                JSON.createObjectNode().put("Container", job.id()))));
    }
}
