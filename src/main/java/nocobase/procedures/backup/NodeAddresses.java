package nocobase.procedures.backup;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.HashSet;
import java.util.Set;
import nocobase.procedures.cluster.ClusterRuntime;
import nocobase.procedures.cluster.Containers;
import nocobase.procedures.cluster.Node;

/**
 * Where the nodes' own sessions come from. A stopped node has no address any more, so those of the last look at running ones are
 * remembered; after a restart of the engine nothing is known, and a person is asked.
 */
final class NodeAddresses {

    private static final ObjectMapper JSON = new ObjectMapper();

    private volatile Set<String> known = Set.of();

    /** @return those that the nodes have now, or had when they last ran */
    Set<String> look(ClusterRuntime runtime, Containers containers) {
        Set<String> addresses = new HashSet<>();
        for (Node node : runtime.observe().nodes()) {
            addresses.addAll(of(containers.definition(node.name())));
        }
        if (!addresses.isEmpty()) {
            known = Set.copyOf(addresses);
        }
        return known;
    }

    private static Set<String> of(String definition) {
        Set<String> addresses = new HashSet<>();
        if (definition != null) {
            for (JsonNode network : parsed(definition).path("NetworkSettings").path("Networks")) {
                addresses.add(network.path("IPAddress").asText(""));
                addresses.add(network.path("GlobalIPv6Address").asText(""));
            }
        }
        addresses.remove("");
        return addresses;
    }

    private static JsonNode parsed(String definition) {
        try {
            return JSON.readTree(definition);
        } catch (JsonProcessingException e) {
            return JSON.missingNode();
        }
    }
}
