package nocobase.procedures.process;

import java.util.Locale;
import java.util.Optional;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.cluster.Scale;

/** What a task shows, in words. */
final class Wording {

    private static final double THOUSAND = 1000;

    private Wording() {}

    /**
     * From which version to which.
     *
     * @param previous null as long as it is not known
     * @param target null where the version is not switched
     * @param current the version that is brought up now, or null; the previous one in a rollback
     */
    static String versions(String previous, String target, String current) {
        if (target == null) {
            return "";
        }
        if (previous == null) {
            return "→ " + target;
        }
        return current != null && current.equals(previous)
                ? "back to " + previous + " from " + target
                : previous + " → " + target;
    }

    static String restorePoint(String id, Optional<RestorePoint> found) {
        return found.map(point -> "%s, %s, taken %s, %s"
                        .formatted(id, size(point.size()), Moments.shown(point.takenAt()), words(point.state())))
                .orElse(id + " (its size and state cannot be found out now)");
    }

    /**
     * What a restore loses, for whoever approves it.
     *
     * @param behindPage whether clients have seen the 503 page ever since the restore point was taken
     */
    static String loss(Optional<RestorePoint> point, boolean behindPage) {
        if (behindPage) {
            return "Clients have seen the 503 page ever since it was taken, so nothing of theirs is lost; what was tried"
                    + " on the node under test is.";
        }
        return "Whatever people wrote after "
                + point.map(RestorePoint::takenAt).map(Moments::shown).orElse("it was taken")
                + " will be missing from the application.";
    }

    /** @param early whether clients are let in before all nodes are ready */
    static String opening(boolean early) {
        return early
                ? "Verify the durable copy; send clients to the first node. **From then on a rollback loses what they"
                        + " write.** Start the other nodes; open the cluster."
                : "Start the other nodes; verify the durable copy; open the cluster.";
    }

    /** @param size what may run */
    static String intruder(String node, Scale.Size size) {
        return "Node %s was started by somebody else while %s. It was told to stop."
                .formatted(node, size == Scale.Size.NONE ? "no node may run" : "only the first node may run");
    }

    private static String words(RestorePoint.State state) {
        return switch (state) {
            case CLONED -> "durable copy not verified yet";
            case VERIFIED -> "durable copy verified";
            case DUMP_ONLY -> "durable copy verified, no clone";
            case SPENT -> "used up";
        };
    }

    /** In decimal units, as disks are sold. */
    static String size(long bytes) {
        double size = bytes;
        for (String unit : new String[] {"B", "kB", "MB", "GB"}) {
            if (size < THOUSAND) {
                return String.format(Locale.ROOT, unit.equals("B") ? "%.0f %s" : "%.1f %s", size, unit);
            }
            size /= THOUSAND;
        }
        return String.format(Locale.ROOT, "%.1f TB", size);
    }
}
