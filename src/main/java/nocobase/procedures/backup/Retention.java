package nocobase.procedures.backup;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which restore points go, and which clones. Decisions only. */
final class Retention {

    private Retention() {}

    /**
     * The restore points that go. Kept are the protected ones, the newest good one always, and as many of the newest as the
     * settings say; of these, spent ones count only for the replaced database that they keep.
     *
     * @param points the newest first
     */
    static List<StoredRestorePoint> surplus(List<StoredRestorePoint> points, int keep, Set<String> protectedIds) {
        Optional<StoredRestorePoint> newestGood =
                points.stream().filter(StoredRestorePoint::good).findFirst();
        List<StoredRestorePoint> surplus = new ArrayList<>();
        int kept = 0;
        for (StoredRestorePoint point : points) {
            boolean worth = point.good() || !point.setAside().isEmpty();
            boolean newest = newestGood.filter(point::equals).isPresent();
            if (protectedIds.contains(point.id()) || newest || worth && kept < keep) {
                kept++;
            } else {
                surplus.add(point);
            }
        }
        return surplus;
    }

    /** The kept restore points whose clone goes: durable ones, except the newest good one and protected ones. */
    static List<StoredRestorePoint> withoutClone(
            List<StoredRestorePoint> points, List<StoredRestorePoint> surplus, Set<String> protectedIds) {
        Optional<StoredRestorePoint> newestGood =
                points.stream().filter(StoredRestorePoint::good).findFirst();
        return points.stream()
                .filter(point -> !surplus.contains(point))
                .filter(point -> !protectedIds.contains(point.id()))
                .filter(point -> newestGood.filter(point::equals).isEmpty())
                .filter(point -> point.state() == nocobase.procedures.cluster.RestorePoint.State.VERIFIED)
                .toList();
    }
}
