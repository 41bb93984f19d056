package nocobase.procedures.backup;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import nocobase.procedures.cluster.Holding;
import nocobase.procedures.cluster.Holding.Kind;
import nocobase.procedures.cluster.RestorePoint;

/**
 * Which restore points, clones and replaced things go. Decisions only; the preview and the removal are one.
 *
 * @param points that go altogether
 * @param clones of which the clone goes
 * @param replaced that go
 */
record Retention(List<StoredRestorePoint> points, List<StoredRestorePoint> clones, List<Replaced> replaced) {

    /**
     * Kept are the protected ones and those at work; the newest good one and the newest one with a durable copy, always;
     * and of the newest with a durable copy as many as the settings say. Where there are fewer, others fill up: one that
     * nobody has verified takes no place of a verified one, however new it is. Of what was replaced, as much of the newest
     * as the settings say.
     *
     * @param all restore points, in any order
     * @param replaced all, the newest first
     * @param keep how many
     * @param protectedIds of restore points and operations
     * @param atWork whether something is being done with a restore point right now: taken, tried, sent elsewhere
     */
    static Retention of(
            List<StoredRestorePoint> all,
            List<Replaced> replaced,
            int keep,
            Set<String> protectedIds,
            Predicate<StoredRestorePoint> atWork) {
        List<StoredRestorePoint> points = all.stream()
                .sorted(Comparator.comparing(StoredRestorePoint::keptSince).reversed())
                .toList();
        Set<String> indispensable = new HashSet<>(protectedIds);
        first(points, StoredRestorePoint::good, indispensable);
        first(points, StoredRestorePoint::durable, indispensable);
        Set<String> kept = new HashSet<>(indispensable);
        points.stream().filter(atWork).map(StoredRestorePoint::id).forEach(kept::add);
        fill(kept, points, StoredRestorePoint::durable, keep);
        fill(kept, points, StoredRestorePoint::good, keep);
        List<StoredRestorePoint> staying =
                points.stream().filter(point -> kept.contains(point.id())).toList();
        List<StoredRestorePoint> going =
                points.stream().filter(point -> !kept.contains(point.id())).toList();
        List<StoredRestorePoint> clones = staying.stream()
                .filter(point -> point.state() == RestorePoint.State.VERIFIED)
                .filter(point -> !point.clones().isEmpty())
                .filter(point -> !indispensable.contains(point.id()) && !atWork.test(point))
                .toList();
        List<Replaced> old = replaced.stream()
                .skip(keep)
                .filter(one -> !one.belongsTo(protectedIds))
                .toList();
        return new Retention(going, clones, old);
    }

    /** Adds the newest of a kind until as many of that kind are kept. */
    private static void fill(
            Set<String> kept, List<StoredRestorePoint> points, Predicate<StoredRestorePoint> which, int keep) {
        for (StoredRestorePoint point : points) {
            long there = points.stream()
                    .filter(which)
                    .filter(one -> kept.contains(one.id()))
                    .count();
            if (which.test(point) && there < keep) {
                kept.add(point.id());
            }
        }
    }

    private static void first(List<StoredRestorePoint> points, Predicate<StoredRestorePoint> which, Set<String> into) {
        points.stream().filter(which).findFirst().map(StoredRestorePoint::id).ifPresent(into::add);
    }

    List<Holding> holdings() {
        List<Holding> holdings = new ArrayList<>();
        points.forEach(point -> holdings.add(holding(Kind.RESTORE_POINT, point)));
        clones.forEach(point -> holdings.add(holding(Kind.CLONE, point)));
        replaced.forEach(one -> holdings.addAll(one.holdings()));
        return holdings;
    }

    static Holding holding(Kind kind, StoredRestorePoint point) {
        return kind == Kind.CLONE
                ? new Holding(kind, String.join(", ", point.clones()), point.databaseSize(), point.keptSince())
                : new Holding(kind, point.id(), point.size(), point.keptSince());
    }
}
