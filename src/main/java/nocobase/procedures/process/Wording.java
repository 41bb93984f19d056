package nocobase.procedures.process;

import java.util.Optional;
import nocobase.procedures.cluster.NodeState;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.cluster.Scale;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.language.Messages;
import nocobase.procedures.language.Sizes;

/** What a task shows, in words. */
public final class Wording {

    private static final Messages MESSAGES = Messages.of("process");

    private Wording() {}

    /**
     * From which version to which.
     *
     * @param previous null as long as it is not known
     * @param target null where the version is not switched
     * @param current the version that is brought up now, or null; the previous one in a rollback
     */
    public static String versions(String previous, String target, String current) {
        if (target == null) {
            return "";
        }
        if (previous == null) {
            return "→ " + target;
        }
        return current != null && current.equals(previous)
                ? MESSAGES.text("versions.back", previous, target)
                : previous + " → " + target;
    }

    public static String restorePoint(String id, Optional<RestorePoint> found) {
        return found.map(point -> MESSAGES.text(
                        "restorePoint.shown",
                        id,
                        Sizes.shown(point.size()),
                        Moments.shown(point.takenAt()),
                        words(point.state())))
                .orElseGet(() -> MESSAGES.text("restorePoint.unknown", id));
    }

    /**
     * What a restore loses, for whoever approves it.
     *
     * @param behindPage whether clients have seen the 503 page ever since the restore point was taken
     */
    public static String loss(Optional<RestorePoint> point, boolean behindPage) {
        if (behindPage) {
            return MESSAGES.text("loss.behindPage");
        }
        return point.map(RestorePoint::takenAt)
                .map(Moments::shown)
                .map(taken -> MESSAGES.text("loss.since", taken))
                .orElseGet(() -> MESSAGES.text("loss.sinceTaken"));
    }

    /** @param early whether clients are let in before all nodes are ready */
    public static String opening(boolean early) {
        return MESSAGES.text(early ? "opening.early" : "opening.together");
    }

    /** @param size what may run */
    public static String intruder(String node, Scale.Size size) {
        return MESSAGES.text(size == Scale.Size.NONE ? "intruder.none" : "intruder.one", node);
    }

    public static String version(Version version) {
        return version == null ? MESSAGES.text("version.unknown") : version.toString();
    }

    public static String nodeState(NodeState state) {
        return MESSAGES.text("node." + state);
    }

    public static String enabled(boolean enabled) {
        return MESSAGES.text(enabled ? "plugin.enabled" : "plugin.disabled");
    }

    private static String words(RestorePoint.State state) {
        return MESSAGES.text("restorePoint.state." + state.name());
    }
}
