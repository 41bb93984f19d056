package nocobase.procedures.docker;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a node's restart policy away and gives it back.
 *
 * <p>The owner's policy is noted in a file of the container's own file system: it is there before the policy changes, it
 * survives this process and the engine's restarts, it goes where the container goes, and no clean-up of unused volumes or
 * networks takes it away. A container that a version switch made has it in a label as well, since creation.
 */
final class RestartMemory {

    private static final Logger LOG = LoggerFactory.getLogger(RestartMemory.class);

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FILE = ".nocobase-procedures-restart";
    /** What the file says once the owner's policy is in force again. */
    private static final String RESTORED = "restored";

    private final DockerEngine engine;
    private final Archives archives;

    RestartMemory(DockerEngine engine, Archives archives) {
        this.engine = engine;
        this.archives = archives;
    }

    /** Keeps the container from coming up by itself. */
    void silence(NodeContainer node) {
        RestartRule owners = node.restart();
        if (owners.isNo()) {
            return;
        }
        note(node, owners.toString());
        LOG.info("Setting the restart policy of {} to no (was {})", node.name(), owners);
        apply(node, RestartRule.NO);
    }

    /** Puts the owner's policy in force again. */
    void restore(NodeContainer node) {
        if (!node.restart().isNo()) {
            closeNote(node);
            return;
        }
        RestartRule owners = owners(node);
        if (owners.isNo()) {
            return;
        }
        LOG.info("Restoring the restart policy of {}: {}", node.name(), owners);
        apply(node, owners);
        note(node, RESTORED);
    }

    /** The policy that the owner wants: the one in force, or the one noted while it is {@code no}. */
    RestartRule owners(NodeContainer node) {
        if (!node.restart().isNo()) {
            return node.restart();
        }
        Optional<String> noted = noted(node);
        if (noted.isPresent()) {
            // Unreadable only if cut while it was written, hence before the policy changed: no is the owner's then.
            return noted.flatMap(RestartRule::parse).orElse(RestartRule.NO);
        }
        return RestartRule.parse(node.label(Marks.RESTART)).orElse(RestartRule.NO);
    }

    /** A crash between the policy and the note must not let the note win over what the owner sets later. */
    private void closeNote(NodeContainer node) {
        if (noted(node).filter(text -> !text.equals(RESTORED)).isPresent()) {
            note(node, RESTORED);
        }
    }

    private Optional<String> noted(NodeContainer node) {
        return archives.read(node.id(), "/" + FILE).map(bytes -> new String(bytes, StandardCharsets.UTF_8).strip());
    }

    private void note(NodeContainer node, String text) {
        archives.put(node.id(), "/", Map.of(FILE, text.getBytes(StandardCharsets.UTF_8)), 0600);
    }

    /** As JSON: docker-java writes {@code no} as an empty name, which the engine takes for "unchanged". */
    private void apply(NodeContainer node, RestartRule rule) {
        ObjectNode body = JSON.createObjectNode();
        body.putObject("RestartPolicy").put("Name", rule.name()).put("MaximumRetryCount", rule.retries());
        engine.post("/containers/" + node.id() + "/update", body);
    }
}
