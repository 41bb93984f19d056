package nocobase.procedures.docker;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A container as the engine describes it.
 *
 * @param aside what it was set aside as, or null if it was not or nobody asked
 * @param fileVariables what the file says from which NocoBase takes variables that the container leaves open; empty if there is
 *     none or nobody read it
 */
record NodeContainer(JsonNode json, AsideContainer aside, Map<String, String> fileVariables) {

    NodeContainer(JsonNode json) {
        this(json, null, Map.of());
    }

    NodeContainer asSetAside(AsideContainer as) {
        return new NodeContainer(json, as, fileVariables);
    }

    NodeContainer reading(Map<String, String> variablesOfFile) {
        return new NodeContainer(json, aside, variablesOfFile);
    }

    String id() {
        return json.path("Id").asText();
    }

    String name() {
        return json.path("Name").asText().replaceFirst("^/", "");
    }

    /** The reference that it was created from. */
    String image() {
        return json.path("Config").path("Image").asText();
    }

    /** The image itself. */
    String imageId() {
        return json.path("Image").asText();
    }

    String label(String key) {
        return json.path("Config").path("Labels").path(key).asText("");
    }

    /**
     * It was made beforehand to stand for a node, and does not yet: it has the very name that its marks tell. Its owner may
     * call it otherwise once it does.
     */
    boolean prepared() {
        return !label(Marks.REPLACES).isEmpty() && name().equals(label(Marks.NODE) + "-next-" + label(Marks.OPERATION));
    }

    /** Its main process exists: also while it is paused or between two restarts. */
    boolean running() {
        JsonNode state = json.path("State");
        return state.path("Running").asBoolean()
                || state.path("Paused").asBoolean()
                || state.path("Restarting").asBoolean();
    }

    boolean paused() {
        return json.path("State").path("Paused").asBoolean();
    }

    int exitCode() {
        return json.path("State").path("ExitCode").asInt();
    }

    Instant createdAt() {
        return Instant.parse(json.path("Created").asText());
    }

    /** When it was last started, or null if it never ran. */
    Instant startedAt() {
        String text = json.path("State").path("StartedAt").asText("");
        return text.isEmpty() || text.startsWith("0001-") ? null : Instant.parse(text);
    }

    RestartRule restart() {
        JsonNode policy = json.path("HostConfig").path("RestartPolicy");
        return new RestartRule(
                policy.path("Name").asText(""), policy.path("MaximumRetryCount").asInt());
    }

    /** The engine removes it when it stops. */
    boolean removesItself() {
        return json.path("HostConfig").path("AutoRemove").asBoolean();
    }

    /** What NocoBase in it gets: the container's own environment, and the file for what that leaves open. */
    Map<String, String> variables() {
        Map<String, String> variables = new LinkedHashMap<>(fileVariables);
        variables.putAll(environment());
        return variables;
    }

    /** The container's own. The last of several values of the same name counts. */
    Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>();
        for (JsonNode variable : json.path("Config").path("Env")) {
            String[] parts = variable.asText().split("=", 2);
            environment.put(parts[0], parts.length == 2 ? parts[1] : "");
        }
        return environment;
    }

    /**
     * Whether it does background work only. NocoBase serves requests where WORKER_MODE is empty or {@code !} is among its
     * topics (packages/core/server/src/worker-mode.ts).
     */
    boolean worker() {
        String mode = variables().getOrDefault("WORKER_MODE", "");
        return !mode.isEmpty() && !Arrays.asList(mode.strip().split(",")).contains("!");
    }

    /** The path, or a directory above it, is a volume or a part of the host: others may have it too. */
    boolean mounts(String path) {
        for (JsonNode mount : json.path("Mounts")) {
            String place = mount.path("Destination").asText();
            if (path.equals(place) || path.startsWith(place.endsWith("/") ? place : place + "/")) {
                return true;
            }
        }
        return false;
    }

    /** It uses the network, volumes or other parts of another container. */
    boolean refersToContainers() {
        JsonNode host = json.path("HostConfig");
        return !host.path("VolumesFrom").isEmpty()
                || Stream.of("NetworkMode", "IpcMode", "PidMode")
                        .anyMatch(mode -> host.path(mode).asText().startsWith("container:"));
    }

    /** Its address in that network, or in any if null; empty while it has none. */
    Optional<String> address(String network) {
        JsonNode networks = json.path("NetworkSettings").path("Networks");
        if (network != null && !network.isBlank()) {
            return address(networks.path(network));
        }
        for (JsonNode endpoint : networks) {
            Optional<String> address = address(endpoint);
            if (address.isPresent()) {
                return address;
            }
        }
        return Optional.empty();
    }

    /** Where the host publishes that port for other machines; empty if it does not. */
    Optional<Integer> publishedPort(int port) {
        for (JsonNode binding : json.path("NetworkSettings").path("Ports").path(port + "/tcp")) {
            String ip = binding.path("HostIp").asText();
            if (!ip.startsWith("127.") && !ip.equals("::1")) {
                return Optional.of(Integer.parseInt(binding.path("HostPort").asText()));
            }
        }
        return Optional.empty();
    }

    private static Optional<String> address(JsonNode endpoint) {
        String four = endpoint.path("IPAddress").asText("");
        String six = endpoint.path("GlobalIPv6Address").asText("");
        if (!four.isEmpty()) {
            return Optional.of(four);
        }
        return six.isEmpty() ? Optional.empty() : Optional.of("[" + six + "]");
    }
}
