package nocobase.procedures.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * How a container is made anew with another image: all that its owner set, and nothing that the old image brought. The
 * engine does not tell which is which, so what equals the old image's default counts as the image's.
 *
 * @param create body of the engine's create call, with the primary network only: engines before API 1.44 take one
 * @param furtherNetworks end points of the other networks, by network name, to be connected before the start
 */
record Recreation(ObjectNode create, Map<String, ObjectNode> furtherNetworks) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Settings of the image's configuration that a container inherits one by one, as whole values. */
    private static final List<String> INHERITED = List.of("User", "WorkingDir", "StopSignal", "Shell");
    /** What the engine adds when it connects a container. The address in force is not the owner's wish: IPAMConfig is. */
    private static final List<String> EFFECTIVE = List.of(
            "NetworkID",
            "EndpointID",
            "Gateway",
            "IPAddress",
            "IPPrefixLen",
            "IPv6Gateway",
            "GlobalIPv6Address",
            "GlobalIPv6PrefixLen",
            "DNSNames");

    /**
     * @param old the stopped container, as the engine describes it. Stopped: then a MAC address in an end point is one
     *     that its owner chose
     * @param oldImage its image
     * @param reference the new image
     * @param marks labels of ours
     * @param containers maps the id of a container that another one refers to (network, IPC, PID) to the one to refer to
     */
    static Recreation of(
            JsonNode old,
            JsonNode oldImage,
            String reference,
            Map<String, String> marks,
            UnaryOperator<String> containers) {
        ObjectNode create = config(old, oldImage.path("Config"));
        create.put("Image", reference);
        ObjectNode labels = create.withObject("/Labels");
        joining(create, labels.path(Marks.JOINS).asText(), marks.getOrDefault(Marks.JOINS, ""));
        List.of(Marks.CLUSTER, Marks.OPERATION, Marks.REPLACES, Marks.NODE, Marks.RESTART, Marks.JOINS)
                .forEach(labels::remove);
        marks.forEach(labels::put);
        ObjectNode host = hostConfig(old, containers);
        create.set("HostConfig", host);
        Map<String, ObjectNode> endpoints = endpoints(old);
        String primary = primary(old, endpoints);
        if (primary != null) {
            create.putObject("NetworkingConfig").putObject("EndpointsConfig").set(primary, endpoints.remove(primary));
        }
        return new Recreation(create, endpoints);
    }

    /** End points of all but the primary network, which a container gets when it is created. */
    static Map<String, ObjectNode> furtherNetworks(JsonNode old) {
        Map<String, ObjectNode> endpoints = endpoints(old);
        String primary = primary(old, endpoints);
        if (primary != null) {
            endpoints.remove(primary);
        }
        return endpoints;
    }

    private static ObjectNode config(JsonNode old, JsonNode image) {
        ObjectNode config = old.path("Config").deepCopy();
        String shortId = shortId(old);
        if (config.path("Hostname").asText().equals(shortId) || sharesNetwork(old) || hasHostsName(old)) {
            config.remove("Hostname");
            config.remove("Domainname");
        }
        for (String field : INHERITED) {
            removeIfEqual(config, field, image);
        }
        inheritCommand(config, image);
        inheritHealthcheck(config, image);
        config.set("Env", without(config.path("Env"), image.path("Env")));
        removeEqualEntries(config, "Labels", image);
        removeEqualEntries(config, "ExposedPorts", image);
        removeEqualEntries(config, "Volumes", image);
        // Of the image's making only, never of an owner's.
        config.remove(List.of("OnBuild", "ArgsEscaped"));
        if (sharesNetwork(old)) {
            // Ports belong to the container whose network it shares; the engine refuses them here.
            config.remove("ExposedPorts");
        }
        return config;
    }

    /** The one variable of ours: taken away with the mark of the switch before, added with the mark of this one. */
    private static void joining(ObjectNode create, String before, String now) {
        ArrayNode environment =
                without(create.path("Env"), JSON.createArrayNode().add(before.isEmpty() ? "=" : before));
        create.set("Env", now.isEmpty() ? environment : environment.add(now));
    }

    /** An own entry point switches the image's command off; so an inherited command exists only beside an inherited one. */
    private static void inheritCommand(ObjectNode config, JsonNode image) {
        boolean ownEntrypoint = !same(config.path("Entrypoint"), image.path("Entrypoint"));
        if (!ownEntrypoint) {
            config.remove("Entrypoint");
            removeIfEqual(config, "Cmd", image);
        } else if (isEmpty(config.path("Entrypoint"))) {
            // The owner switched the image's entry point off, which is said by one empty word.
            config.putArray("Entrypoint").add("");
        }
    }

    /** Each of its fields is inherited for itself. */
    private static void inheritHealthcheck(ObjectNode config, JsonNode image) {
        if (!(config.path("Healthcheck") instanceof ObjectNode own)) {
            return;
        }
        removeEqualEntries(config, "Healthcheck", image);
        if (own.isEmpty()) {
            config.remove("Healthcheck");
        }
    }

    private static ObjectNode hostConfig(JsonNode old, UnaryOperator<String> containers) {
        ObjectNode host = old.path("HostConfig").deepCopy();
        host.putObject("RestartPolicy").put("Name", "no").put("MaximumRetryCount", 0);
        host.remove("ContainerIDFile");
        for (String mode : List.of("NetworkMode", "IpcMode", "PidMode")) {
            String value = host.path(mode).asText("");
            if (value.startsWith("container:")) {
                host.put(mode, "container:" + containers.apply(value.substring("container:".length())));
            }
        }
        attachVolumes(old, host);
        return host;
    }

    /** Volumes without a name of the owner's would stay behind with the old container; here they get theirs. */
    private static void attachVolumes(JsonNode old, ObjectNode host) {
        boolean borrows = !isEmpty(host.path("VolumesFrom"));
        for (JsonNode mount : old.path("Mounts")) {
            String target = mount.path("Destination").asText();
            if (!mount.path("Type").asText().equals("volume") || named(host, target)) {
                continue;
            }
            if (borrows && !old.path("Config").path("Volumes").has(target) && !mountsUnnamed(host, target)) {
                continue; // comes with VolumesFrom again
            }
            if (!nameMount(host, target, mount.path("Name").asText())) {
                String access = mount.path("RW").asBoolean(true) ? "" : ":ro";
                ArrayNode binds = host.path("Binds") instanceof ArrayNode given ? given : host.putArray("Binds");
                binds.add(mount.path("Name").asText() + ":" + target + access);
            }
        }
    }

    private static boolean named(JsonNode host, String target) {
        for (JsonNode bind : host.path("Binds")) {
            String[] parts = bind.asText().split(":");
            if (parts.length >= 2 && clean(parts[1]).equals(clean(target))) {
                return true;
            }
        }
        for (JsonNode mount : host.path("Mounts")) {
            if (clean(mount.path("Target").asText()).equals(clean(target))
                    && !mount.path("Source").asText("").isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private static boolean mountsUnnamed(JsonNode host, String target) {
        for (JsonNode mount : host.path("Mounts")) {
            if (clean(mount.path("Target").asText()).equals(clean(target))) {
                return true;
            }
        }
        return false;
    }

    /** {@code --mount type=volume,target=…} without a source. */
    private static boolean nameMount(ObjectNode host, String target, String name) {
        for (JsonNode mount : host.path("Mounts")) {
            if (clean(mount.path("Target").asText()).equals(clean(target))) {
                ((ObjectNode) mount).put("Source", name);
                return true;
            }
        }
        return false;
    }

    private static String clean(String path) {
        return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    private static Map<String, ObjectNode> endpoints(JsonNode old) {
        Map<String, ObjectNode> endpoints = new LinkedHashMap<>();
        if (sharesNetwork(old)) {
            return endpoints;
        }
        String shortId = shortId(old);
        old.path("NetworkSettings").path("Networks").properties().forEach(network -> {
            ObjectNode endpoint = network.getValue().deepCopy();
            endpoint.remove(EFFECTIVE);
            if (endpoint.path("MacAddress").asText("").isEmpty()) {
                endpoint.remove("MacAddress");
            }
            endpoint.set(
                    "Aliases",
                    without(endpoint.path("Aliases"), JSON.createArrayNode().add(shortId)));
            endpoints.put(network.getKey(), endpoint);
        });
        return endpoints;
    }

    private static String primary(JsonNode old, Map<String, ObjectNode> endpoints) {
        String mode = old.path("HostConfig").path("NetworkMode").asText();
        String name = mode.equals("default") ? "bridge" : mode;
        if (endpoints.containsKey(name)) {
            return name;
        }
        // A network may be named by its id.
        for (Map.Entry<String, JsonNode> network :
                old.path("NetworkSettings").path("Networks").properties()) {
            if (!mode.isEmpty() && network.getValue().path("NetworkID").asText().startsWith(mode)) {
                return network.getKey();
            }
        }
        return null;
    }

    private static boolean sharesNetwork(JsonNode old) {
        return old.path("HostConfig").path("NetworkMode").asText().startsWith("container:");
    }

    /** The engine writes the host's name into its definition, and refuses it in another one's. */
    private static boolean hasHostsName(JsonNode old) {
        return old.path("HostConfig").path("UTSMode").asText().equals("host");
    }

    private static String shortId(JsonNode container) {
        String id = container.path("Id").asText();
        return id.substring(0, Math.min(12, id.length()));
    }

    private static void removeIfEqual(ObjectNode config, String field, JsonNode image) {
        if (same(config.path(field), image.path(field))) {
            config.remove(field);
        }
    }

    private static void removeEqualEntries(ObjectNode config, String field, JsonNode image) {
        if (config.path(field) instanceof ObjectNode own) {
            image.path(field).properties().forEach(inherited -> {
                if (inherited.getValue().equals(own.get(inherited.getKey()))) {
                    own.remove(inherited.getKey());
                }
            });
        }
    }

    private static ArrayNode without(JsonNode values, JsonNode removed) {
        ArrayNode kept = JSON.createArrayNode();
        for (JsonNode value : values) {
            boolean inherited = false;
            for (JsonNode other : removed) {
                inherited |= other.equals(value);
            }
            if (!inherited) {
                kept.add(value);
            }
        }
        return kept;
    }

    /** Absent, null and empty are the same to the engine. */
    private static boolean same(JsonNode left, JsonNode right) {
        return isEmpty(left) ? isEmpty(right) : left.equals(right);
    }

    private static boolean isEmpty(JsonNode value) {
        return value.isMissingNode()
                || value.isNull()
                || (value.isTextual() && value.asText().isEmpty())
                || (value.isContainerNode() && value.isEmpty());
    }
}
