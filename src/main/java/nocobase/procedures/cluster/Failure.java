package nocobase.procedures.cluster;

import java.util.stream.Stream;
import nocobase.procedures.language.Messages;

/**
 * Why a step cannot reach its result, in words for the person who must decide at night.
 *
 * @param what what happened, one or two sentences
 * @param node the node that it happened to, or empty where no single node is concerned
 * @param remedy what to do next
 * @param logTail the last lines of the log that explain it, without secrets; may be empty
 * @param lasting whether trying again fails as it did: it lies in the version or the data themselves, and does not pass
 */
public record Failure(String what, String node, String remedy, String logTail, boolean lasting) {

    public Failure {
        what = what == null ? "" : what;
        node = node == null ? "" : node;
        remedy = remedy == null ? "" : remedy;
        logTail = logTail == null ? "" : logTail;
    }

    public Failure(String what, String node, String remedy, String logTail) {
        this(what, node, remedy, logTail, false);
    }

    public static Failure of(String what, String remedy) {
        return new Failure(what, "", remedy, "");
    }

    public static Failure ofNode(String node, String what, String remedy, String logTail) {
        return new Failure(what, node, remedy, logTail);
    }

    /**
     * From two texts of a bundle.
     *
     * @param key first part of both keys, with its last dot: {@code what} and {@code remedy} follow
     */
    public static Failure of(Messages messages, String key, Object... arguments) {
        return of(messages.text(key + "what", arguments), messages.text(key + "remedy", arguments));
    }

    /** The same of one node, which is the first argument ({@code {0}}) of both texts. */
    public static Failure ofNode(String node, Messages messages, String key, Object... arguments) {
        Object[] all = Stream.concat(Stream.of(node), Stream.of(arguments)).toArray();
        return ofNode(node, messages.text(key + "what", all), messages.text(key + "remedy", all), "");
    }

    public Failure withLog(String lines) {
        return new Failure(what, node, remedy, lines, lasting);
    }

    /** The same, which does not pass. */
    public Failure thatLasts() {
        return new Failure(what, node, remedy, logTail, true);
    }
}
