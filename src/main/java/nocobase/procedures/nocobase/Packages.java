package nocobase.procedures.nocobase;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import nocobase.procedures.cluster.Containers;
import nocobase.procedures.cluster.Containers.ExecResult;
import nocobase.procedures.cluster.Node;

/** The plugins' packages as files in a node: those of its image, and those in the shared storage. */
final class Packages {

    static final String HOME = "/app/nocobase/";

    /**
     * NocoBase's prefixes for short names, where PLUGIN_PACKAGE_PREFIX does not say otherwise (packages/core/utils/plugin-package.js,
     * 2.2.15).
     */
    private static final List<String> PREFIXES = List.of("@nocobase/plugin-", "@nocobase/preset-", "");

    private static final String ADDED = HOME + "storage/plugins/";
    /** pm add leaves it: each node that starts while it is there upgrades, and several at once race. */
    private static final String UPGRADING = HOME + "storage/.upgrading";

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Containers containers;

    Packages(Containers containers) {
        this.containers = containers;
    }

    /**
     * Whether the node has a package that is meant by that name. Asked inside the container: packages in the storage are
     * linked from node_modules, and links into a volume are not followed from outside.
     */
    boolean present(Node node, String name) {
        Stream<String> candidates =
                name.contains("/") ? Stream.of(name) : PREFIXES.stream().map(prefix -> prefix + name);
        List<String> command = new ArrayList<>(
                List.of("sh", "-c", "for file do [ ! -e \"$file\" ] || exit 0; done; exit 1", "present"));
        candidates.forEach(candidate -> command.add(HOME + "node_modules/" + candidate + "/package.json"));
        return containers.exec(node.name(), command, LIMIT).succeeded();
    }

    /** The version of a package that was added to the storage; empty for what is not there. */
    Optional<String> added(Node node, String packageName) {
        byte[] json = containers.read(node.name(), ADDED + packageName + "/package.json");
        if (json == null) {
            return Optional.empty();
        }
        try {
            JsonNode description = Health.JSON.readTree(json);
            return description.path("name").asText().equals(packageName)
                    ? Optional.of(description.path("version").asText())
                    : Optional.empty();
        } catch (IOException notJson) {
            return Optional.empty();
        }
    }

    /** Changes whenever the package in the storage is replaced, also by the same version; "absent" without one. */
    String trace(Node node, String packageName) {
        ExecResult result = containers.exec(node.name(), List.of("stat", "-c", "%i %Z", ADDED + packageName), LIMIT);
        return result.succeeded() ? result.output().strip() : "absent";
    }

    boolean upgradeIsMarked(Node node) {
        return containers.read(node.name(), UPGRADING) != null;
    }

    void unmarkUpgrade(Node node) {
        containers.exec(node.name(), List.of("rm", "-f", UPGRADING), LIMIT);
    }

    boolean fileExists(Node node, String pathBelowHome) {
        return containers
                .exec(node.name(), List.of("test", "-f", HOME + pathBelowHome), LIMIT)
                .succeeded();
    }
}
