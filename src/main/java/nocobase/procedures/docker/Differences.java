package nocobase.procedures.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What of a plan a container that was made by it does not have, by the names of fields: values may be secrets. The engine adds
 * things of its own, which are no differences; it also takes things without a word and leaves them out, which are.
 */
final class Differences {

    /** The image's name becomes its own, and engines since API 1.44 keep the address with the end point. */
    private static final Set<String> ELSEWHERE = Set.of("Image", "MacAddress", "HostConfig", "NetworkingConfig");
    /** Paths that engines hide differently from version to version, where the owner did not say it. */
    private static final Set<String> ENGINES = Set.of("MaskedPaths", "ReadonlyPaths", "ConsoleSize");

    private final List<String> found = new ArrayList<>();

    private Differences() {}

    /** @param made as the engine describes it */
    static List<String> between(Recreation plan, JsonNode made) {
        Differences differences = new Differences();
        plan.create().properties().forEach(field -> {
            if (!ELSEWHERE.contains(field.getKey())) {
                differences.compare(
                        field.getKey(), field.getValue(), made.path("Config").path(field.getKey()));
            }
        });
        plan.create().path("HostConfig").properties().forEach(field -> {
            if (!ENGINES.contains(field.getKey())) {
                differences.compare(
                        field.getKey(),
                        field.getValue(),
                        made.path("HostConfig").path(field.getKey()));
            }
        });
        JsonNode networks = made.path("NetworkSettings").path("Networks");
        plan.create()
                .path("NetworkingConfig")
                .path("EndpointsConfig")
                .properties()
                .forEach(network -> differences.network(network.getKey(), network.getValue(), networks));
        for (Map.Entry<String, ObjectNode> network : plan.furtherNetworks().entrySet()) {
            differences.network(network.getKey(), network.getValue(), networks);
        }
        return differences.found;
    }

    private void network(String name, JsonNode planned, JsonNode networks) {
        if (!networks.has(name)) {
            found.add("network " + name);
            return;
        }
        for (String field : List.of("IPAMConfig", "Aliases", "Links", "DriverOpts")) {
            JsonNode made = networks.path(name).path(field);
            // Docker 20.10 tells no alias at all of a container that never ran (seen), and has them when it starts.
            if (!(field.equals("Aliases") && nothing(made))) {
                compare("network " + name + ": " + field, planned.path(field), made);
            }
        }
    }

    private void compare(String field, JsonNode planned, JsonNode made) {
        if (!holds(planned, made)) {
            found.add(field);
        }
    }

    /** Absent, null, empty, zero and false are the same to the engine. */
    private static boolean holds(JsonNode planned, JsonNode made) {
        if (nothing(planned)) {
            return true;
        }
        if (planned.isObject()) {
            return planned.properties().stream()
                    .allMatch(field -> made.has(field.getKey()) && holds(field.getValue(), made.path(field.getKey()))
                            || nothing(field.getValue())
                                    && !planned.path(field.getKey()).isObject());
        }
        if (planned.isArray() && made.isArray()) {
            for (JsonNode value : planned) {
                if (!contains(made, value)) {
                    return false;
                }
            }
            return true;
        }
        return planned.isNumber() && made.isNumber()
                ? planned.decimalValue().compareTo(made.decimalValue()) == 0
                : planned.equals(made);
    }

    private static boolean contains(JsonNode values, JsonNode wanted) {
        for (JsonNode value : values) {
            if (holds(wanted, value) || wanted.equals(value)) {
                return true;
            }
        }
        return false;
    }

    /** One empty word for an entry point switches the image's off; the engine keeps none then. */
    private static boolean isOfNothing(JsonNode values) {
        for (JsonNode value : values) {
            if (!value.isTextual() || !value.asText().isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private static boolean nothing(JsonNode value) {
        return value.isMissingNode()
                || value.isNull()
                || value.isTextual() && value.asText().isEmpty()
                || value.isNumber() && value.asDouble() == 0
                || value.isBoolean() && !value.asBoolean()
                || value.isArray() && isOfNothing(value);
    }
}
