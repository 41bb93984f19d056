package nocobase.procedures.docker;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The variables that NocoBase gets in a node: the container's own, and for what those leave open the file that NocoBase reads.
 * That file is read once for each start.
 */
final class NodeVariables {

    private static final Logger LOG = LoggerFactory.getLogger(NodeVariables.class);

    private static final String DIRECTORY = "/app/nocobase/";
    private static final Pattern LINE =
            Pattern.compile("(?m)^[ \\t]*(?:export[ \\t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \\t]*=[ \\t]*(.*?)[ \\t]*\\r?$");

    private final Archives archives;
    private final Map<String, Map<String, String>> ofFiles = new ConcurrentHashMap<>();

    NodeVariables(Archives archives) {
        this.archives = archives;
    }

    /** The node, and what its file says. */
    NodeContainer with(NodeContainer node) {
        return node.reading(ofFiles.computeIfAbsent(node.id() + " " + node.startedAt(), key -> read(node)));
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
