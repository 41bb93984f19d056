package nocobase.procedures.docker;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The variables that NocoBase gets in a node: the container's own, and for what those leave open the file that NocoBase reads.
 * That file is read once for each start; as long as there is none, again: the official image unpacks it while it starts for the
 * first time.
 */
final class NodeVariables {

    private static final Logger LOG = LoggerFactory.getLogger(NodeVariables.class);

    private static final String DIRECTORY = "/app/nocobase/";
    private static final Pattern LINE =
            Pattern.compile("(?m)^[ \\t]*(?:export[ \\t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \\t]*=[ \\t]*(.*?)[ \\t]*\\r?$");

    /** Longer than an image takes to unpack its application, also on a slow disk. */
    private static final Duration UNPACKING = Duration.ofMinutes(2);

    private final Archives archives;
    private final Clock clock;
    private final Map<String, OfFile> known = new ConcurrentHashMap<>();

    NodeVariables(Archives archives, Clock clock) {
        this.archives = archives;
        this.clock = clock;
    }

    /** What the file said in that start; null is the moment of a container that never ran. */
    private record OfFile(Instant startedAt, Map<String, String> variables) {}

    /** The node, and what its file says. */
    NodeContainer with(NodeContainer node) {
        OfFile file = known.get(node.id());
        if (file == null || !Objects.equals(file.startedAt(), node.startedAt())) {
            file = new OfFile(node.startedAt(), read(node));
            if (!file.variables().isEmpty() || !mayBeUnpacking(node)) {
                known.put(node.id(), file);
            }
        }
        return node.reading(file.variables());
    }

    private boolean mayBeUnpacking(NodeContainer node) {
        return node.running()
                && node.startedAt() != null
                && clock.instant().isBefore(node.startedAt().plus(UNPACKING));
    }

    private Map<String, String> read(NodeContainer node) {
        String file = node.environment().getOrDefault("APP_ENV_PATH", ".env");
        String path = file.startsWith("/") ? file : DIRECTORY + file;
        try {
            return archives.read(node.id(), path)
                    .map(bytes -> parse(new String(bytes, StandardCharsets.UTF_8)))
                    .orElse(Map.of());
        } catch (IllegalStateException notAFile) {
            LOG.debug("{} of {} is no file", path, node.name());
            return Map.of();
        }
    }

    /** The last of several values of one name counts. */
    static Map<String, String> parse(String text) {
        Map<String, String> variables = new HashMap<>();
        Matcher line = LINE.matcher(text);
        while (line.find()) {
            variables.put(line.group(1), unquoted(line.group(2)));
        }
        return variables;
    }

    private static String unquoted(String value) {
        for (String quote : new String[] {"\"", "'", "`"}) {
            int end = value.lastIndexOf(quote);
            if (value.startsWith(quote) && end > 0) {
                return value.substring(1, end);
            }
        }
        return value.replaceFirst("\\s*#.*$", "");
    }
}
