package nocobase.procedures.balancer;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Directives that stand in our server block and that its owner may say otherwise in the lines of their own. nginx takes each
 * of them once only, and says which one is there twice: then ours is left out.
 */
final class OwnersLines {

    /** Others of ours are what the route and its proof are made of: theirs is refused. */
    private static final Set<String> YIELDING = Set.of(
            "client_max_body_size",
            "proxy_http_version",
            "proxy_connect_timeout",
            "proxy_send_timeout",
            "proxy_read_timeout",
            "proxy_buffering",
            "proxy_next_upstream",
            "proxy_next_upstream_timeout");

    private static final Pattern DUPLICATE = Pattern.compile("\"([a-z_]+)\" directive is duplicate in (\\S+):\\d+");
    private static final Pattern LEFT_OUT = Pattern.compile("(?m)^ {4}# ([a-z_]+): as its owner says\\.$");

    private OwnersLines() {}

    /** The directive that nginx found twice, the second time in that file of ours; empty if that is not its complaint. */
    static String duplicate(String output, String ourFile) {
        Matcher duplicate = DUPLICATE.matcher(output);
        return duplicate.find() && duplicate.group(2).equals(ourFile) ? duplicate.group(1) : "";
    }

    static boolean yields(String directive) {
        return YIELDING.contains(directive);
    }

    /** The text without those of ours; it says so, for whoever reads it. */
    static String leftTo(Set<String> owners, String text) {
        String left = text;
        for (String directive : owners) {
            left = left.replaceAll(
                    "(?m)^ {4}" + Pattern.quote(directive) + " [^;\\n]*;$",
                    "    # " + directive + ": as its owner says.");
        }
        return left;
    }

    /** Those that were left out of a text. */
    static Set<String> leftOut(String text) {
        Set<String> found = new TreeSet<>();
        LEFT_OUT.matcher(text).results().forEach(line -> found.add(line.group(1)));
        return found;
    }
}
