package nocobase.procedures.docker;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Words to Yarn, which starts NocoBase in a node's container: variables that hold for what Yarn starts, also against the
 * container's own environment, which cannot be changed. They stand in a file above the application, where no image has one.
 */
final class YarnWords {

    private static final String DIRECTORY = "/app";
    private static final String FILE = ".yarnrc";
    private static final String PATH = DIRECTORY + "/" + FILE;
    private static final int READABLE = 0644;

    private final Archives archives;

    YarnWords(Archives archives) {
        this.archives = archives;
    }

    /** Whether words can be said to it: the file can be written, and is not the owner's. */
    static boolean reach(NodeContainer node) {
        return !node.json().path("HostConfig").path("ReadonlyRootfs").asBoolean() && !node.mounts(PATH);
    }

    /** What was said; empty if nothing. */
    Optional<String> said(NodeContainer node) {
        return archives.read(node.id(), PATH).map(YarnWords::text).filter(text -> !text.isBlank());
    }

    /** From the next start on, unless something is said already or the owner mounts a file there. */
    void say(NodeContainer node, String text) {
        if (!node.mounts(PATH) && said(node).isEmpty()) {
            archives.put(node.id(), DIRECTORY, Map.of(FILE, bytes(text)), READABLE);
        }
    }

    /** What was said is said so from the next start on. */
    void change(NodeContainer node, String from, String to) {
        archives.change(node.id(), DIRECTORY, FILE, bytes -> text(bytes).equals(from) ? bytes(to) : bytes);
    }

    /** A file in a container that may be stopped cannot be removed; an empty one says nothing. */
    void silence(NodeContainer node, Predicate<String> silenced) {
        archives.change(node.id(), DIRECTORY, FILE, bytes -> silenced.test(text(bytes)) ? new byte[0] : bytes);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
