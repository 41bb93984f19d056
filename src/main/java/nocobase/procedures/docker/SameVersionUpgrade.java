package nocobase.procedures.docker;

import com.github.dockerjava.api.exception.DockerException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a node leave out the upgrade that NocoBase otherwise runs at every start, also to the version that the database has:
 * it takes seconds of the downtime, and no lock keeps two nodes from doing it at once (one of them then ends in APP_ERROR for
 * good). Where versions differ NocoBase upgrades all the same (packages/core/server/src/application.ts).
 *
 * <p>A container's environment cannot be changed, and would keep it for good. So it is said in the file from which NocoBase's
 * launcher takes the variables that the container leaves open (packages/core/cli-v1/src/util.js), at its top: what the owner
 * wrote there wins. The official image unpacks that file at a container's first start only; until then, and where the file is
 * not the container's own, the file is used from which Yarn, which starts NocoBase, takes further variables.
 */
final class SameVersionUpgrade {

    /** NocoBase's own switch. */
    static final String VARIABLE = "SKIP_SAME_VERSION_UPGRADE";

    /** Why a node needs no upgrade. */
    enum Reason {
        /** Another node, which runs, has brought the database to this version. */
        JOINS,
        /** It comes back, as it was, to the database that it left. */
        RETURNS;

        /** For Yarn. */
        private String yarnLines() {
            return "# nocobase-cluster-procedures: " + name().toLowerCase(Locale.ROOT) + ", for this procedure only\n"
                    + "env:\n  " + VARIABLE + " \"true\"\n";
        }

        private String lines() {
            return "# nocobase-cluster-procedures: " + name().toLowerCase(Locale.ROOT) + ", for this procedure only\n"
                    + VARIABLE + "=true\n";
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(SameVersionUpgrade.class);

    private static final String DIRECTORY = "/app/nocobase";
    private static final String FILE = ".env";
    private static final String PATH = DIRECTORY + "/" + FILE;
    /** Names another file instead; then it is the owner's affair. */
    private static final String OTHER_FILE = "APP_ENV_PATH";

    private static final Pattern OURS = Pattern.compile(Arrays.stream(Reason.values())
            .map(reason -> Pattern.quote(reason.lines()))
            .reduce((one, other) -> one + "|" + other)
            .orElseThrow());

    private final Archives archives;
    private final YarnWords yarn;

    SameVersionUpgrade(Archives archives) {
        this.archives = archives;
        this.yarn = new YarnWords(archives);
    }

    /** From the node's next start on, until {@link #demand}. */
    void leaveOut(NodeContainer node, Reason reason) {
        Map<String, String> environment = node.environment();
        if (environment.containsKey(VARIABLE) || environment.containsKey(OTHER_FILE)) {
            return;
        }
        try {
            Optional<String> file = archives.read(node.id(), PATH).map(SameVersionUpgrade::text);
            if (file.isPresent() && !node.mounts(PATH)) {
                change(node, text -> OURS.matcher(text).find() ? text : reason.lines() + text);
            } else if (file.filter(text -> text.contains(VARIABLE)).isEmpty()) {
                yarn.say(node, reason.yarnLines());
            }
        } catch (DockerException e) {
            // For example a file system that is read only. The start takes longer, that is all.
            LOG.warn("{} of {} stays as it is: {}", PATH, node.name(), DockerEngine.reason(e));
        }
    }

    /** Takes back what was said for that reason; what cannot be taken back is an error. */
    void demand(NodeContainer node, Reason reason) {
        change(node, text -> text.replace(reason.lines(), ""));
        yarn.silence(node, reason.yarnLines()::equals);
    }

    /** Takes back whatever was said. */
    void demand(NodeContainer node) {
        change(node, text -> OURS.matcher(text).replaceAll(""));
        yarn.silence(node, SameVersionUpgrade::isOurs);
    }

    private static boolean isOurs(String text) {
        return Arrays.stream(Reason.values()).anyMatch(reason -> text.equals(reason.yarnLines()));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private void change(NodeContainer node, UnaryOperator<String> change) {
        archives.change(
                node.id(), DIRECTORY, FILE, bytes -> change.apply(text(bytes)).getBytes(StandardCharsets.ISO_8859_1));
    }
}
