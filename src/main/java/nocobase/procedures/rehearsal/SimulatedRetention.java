package nocobase.procedures.rehearsal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nocobase.procedures.cluster.Holding;
import nocobase.procedures.rehearsal.WorldState.Aside;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a simulated cluster keeps, and how much of it retention lets go. */
record SimulatedRetention(String cluster, int kept) {

    private static final Logger LOG = LoggerFactory.getLogger(SimulatedRetention.class);
    static final long DATABASE_BYTES = 1_312_000_000L;
    private static final long STORAGE_BYTES = 18_400_000L;

    static List<SimulatedRestorePoint> newestFirst(WorldState state, Instant now) {
        List<SimulatedRestorePoint> points = new ArrayList<>(state.restorePoints.values().stream()
                .filter(point -> point.taken(now))
                .toList());
        points.sort(Comparator.comparing(SimulatedRestorePoint::since).reversed());
        return points;
    }

    List<Holding> holdings(WorldState state, Instant now) {
        Stream<Holding> points = newestFirst(state, now).stream().map(point -> holding(point, now));
        return Stream.concat(points, state.asides.stream().map(SimulatedRetention::holding))
                .sorted(Comparator.comparing(Holding::since).reversed())
                .toList();
    }

    List<Holding> surplus(WorldState state, Set<String> keep, Instant now) {
        Set<String> staying = staying(state, keep, now);
        List<Holding> surplus = new ArrayList<>();
        for (SimulatedRestorePoint point : newestFirst(state, now)) {
            if (!staying.contains(point.id)) {
                surplus.add(holding(point, now));
            }
        }
        asidesBeyond(state, keep).forEach(aside -> surplus.add(holding(aside)));
        return surplus;
    }

    void prune(WorldState state, Set<String> keep, Instant now) {
        for (Holding holding : surplus(state, keep, now)) {
            LOG.info("{}: removing {} {}", cluster, holding.kind(), holding.name());
            if (holding.kind() == Holding.Kind.RESTORE_POINT) {
                state.restorePoints.remove(holding.name());
                state.happened(now, "remove restore point " + holding.name());
            } else {
                state.asides.removeIf(aside -> holding(aside).equals(holding));
                state.happened(now, "remove " + holding.name());
            }
        }
    }

    /** The protected ones, the newest verified ones and others where there are fewer, and always the newest good one. */
    private Set<String> staying(WorldState state, Set<String> keep, Instant now) {
        List<SimulatedRestorePoint> points = newestFirst(state, now);
        Set<String> staying = points.stream()
                .sorted(Comparator.comparing(point -> rank(point, now)))
                .limit(kept)
                .map(point -> point.id)
                .collect(Collectors.toSet());
        points.stream().filter(point -> !point.spent(now)).findFirst().ifPresent(point -> staying.add(point.id));
        staying.addAll(keep);
        return staying;
    }

    private static int rank(SimulatedRestorePoint point, Instant now) {
        if (point.secured(now)) {
            return 0;
        }
        return point.spent(now) ? 2 : 1;
    }

    /** Of the operations that set something aside, the newest stay. */
    private List<Aside> asidesBeyond(WorldState state, Set<String> keep) {
        List<String> operations =
                state.asides.stream().map(Aside::operation).distinct().toList();
        List<String> going = operations.subList(0, Math.max(0, operations.size() - kept));
        return state.asides.stream()
                .filter(aside -> going.contains(aside.operation()) && !keep.contains(aside.operation()))
                .toList();
    }

    private static Holding holding(SimulatedRestorePoint point, Instant now) {
        return new Holding(Holding.Kind.RESTORE_POINT, point.id, point.size(now), point.since());
    }

    private static Holding holding(Aside aside) {
        long size = aside.kind() == Holding.Kind.DATABASE ? DATABASE_BYTES : STORAGE_BYTES;
        return new Holding(aside.kind(), aside.name(), size, aside.since());
    }
}
