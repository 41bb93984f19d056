package nocobase.procedures.cluster;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import nocobase.procedures.language.Messages;

/**
 * What the versions of the database, of the nodes and of a target allow: the one place for it, whatever the nodes run on,
 * simulated or real. The rules rest on what NocoBase does (measured with 2.2.15): it writes the database's version as the last
 * step of an upgrade, leaves the migrations of an upgrade that failed applied, and starts an older image on a newer database
 * without a word.
 */
public final class VersionRules {

    private static final Messages MESSAGES = Messages.of("cluster");

    private VersionRules() {}

    /**
     * What one node says of itself.
     *
     * @param version the version that the running application tells, or null if it tells none
     */
    public record Told(String node, boolean running, String version) {}

    /**
     * The version above the recorded one that nodes were made for: an upgrade to it may have been begun, its migrations be
     * applied in part, and then the recorded version fits the data no more.
     *
     * @param recorded the version that the database tells, or null
     * @param images the versions of the nodes' images; unknown ones may be null
     */
    public static Optional<Version> begun(Version recorded, Collection<Version> images) {
        return images.stream()
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder())
                .filter(newest -> recorded != null && recorded.isBelow(newest));
    }

    /** As {@link #begun(Version, Collection)}, of nodes as they were observed. */
    public static Optional<Version> begunOn(Version recorded, Collection<Node> nodes) {
        return begun(recorded, versions(nodes));
    }

    /**
     * The checks of a cluster that is installed.
     *
     * @param target the version to switch to, or null (no switch)
     * @param told what each node says, in the nodes' order
     */
    public static List<Check> installed(Version recorded, Version target, Collection<Node> nodes, List<Told> told) {
        List<Check> checks = new ArrayList<>();
        if (target != null) {
            checks.add(target(recorded, target));
        }
        checks.add(begunOn(recorded, nodes)
                .map(begun -> Check.fail(name(), MESSAGES, "versions.begun.", recorded, begun))
                .orElseGet(() -> nodes(recorded, told)));
        return checks;
    }

    /**
     * The check of a first start on a database that holds an installation: the nodes must have its version.
     *
     * @param name of the check
     * @param finding what was found, for people
     */
    public static Check firstStart(String name, String finding, Version recorded, Collection<Node> nodes) {
        List<Version> images =
                versions(nodes).stream().filter(Objects::nonNull).distinct().toList();
        if (images.isEmpty()) {
            return Check.warn(name, MESSAGES, "firstStart.noImageVersion.", finding, recorded);
        }
        Optional<Version> older =
                images.stream().filter(image -> image.isBelow(recorded)).findFirst();
        if (older.isPresent()) {
            return Check.fail(name, MESSAGES, "firstStart.olderImage.", finding, older.get(), recorded);
        }
        return begun(recorded, images)
                .map(newer -> Check.fail(name, MESSAGES, "firstStart.newerImage.", finding, newer, recorded))
                .orElseGet(() -> Check.pass(name, MESSAGES.text("firstStart.matches", finding)));
    }

    private static List<Version> versions(Collection<Node> nodes) {
        return nodes.stream().map(Node::version).toList();
    }

    private static String name() {
        return MESSAGES.text("versions.name");
    }

    private static Check target(Version recorded, Version target) {
        String name = MESSAGES.text("target.name");
        if (target.equals(recorded)) {
            return Check.fail(name, MESSAGES, "target.same.", recorded);
        }
        if (target.isBelow(recorded)) {
            return Check.fail(name, MESSAGES, "target.below.", target, recorded);
        }
        if (target.major() != recorded.major()) {
            return Check.warn(name, MESSAGES, "target.major.", recorded, target);
        }
        return Check.pass(name, MESSAGES.text("target.above", target, recorded));
    }

    private static Check nodes(Version recorded, List<Told> told) {
        List<String> other = new ArrayList<>();
        List<String> silent = new ArrayList<>();
        List<String> stopped = new ArrayList<>();
        List<String> same = new ArrayList<>();
        for (Told node : told) {
            if (!node.running()) {
                stopped.add(node.node());
            } else if (node.version() == null) {
                silent.add(node.node());
            } else if (node.version().equals(recorded.toString())) {
                same.add(node.node());
            } else {
                other.add(MESSAGES.text("versions.runs", node.node(), Texts.shown(node.version())));
            }
        }
        if (!other.isEmpty()) {
            return Check.fail(name(), MESSAGES, "versions.differ.", recorded, listed(other));
        }
        if (!silent.isEmpty()) {
            return Check.fail(name(), MESSAGES, "versions.silent.", listed(silent));
        }
        if (!stopped.isEmpty()) {
            return Check.warn(name(), MESSAGES, "versions.stopped.", listed(stopped));
        }
        return same.isEmpty()
                ? Check.fail(name(), MESSAGES, "versions.noNode.")
                : Check.pass(name(), MESSAGES.text("versions.same", recorded, listed(same)));
    }

    private static String listed(List<String> names) {
        return String.join(", ", names);
    }
}
