package nocobase.procedures.rehearsal;

import java.time.Duration;
import java.time.Instant;
import nocobase.procedures.cluster.Failure;

/**
 * Work that goes on by itself once it is launched: a pull, a clone, a dump, a swap.
 *
 * @param failure how it will end, or null if it will succeed
 */
record Work(Instant since, Instant ends, Failure failure) {

    boolean pending(Instant now) {
        return now.isBefore(ends);
    }

    boolean done(Instant now) {
        return !pending(now) && failure == null;
    }

    boolean failed(Instant now) {
        return !pending(now) && failure != null;
    }

    /** How much of it is done, 0 to {@code steps}. */
    int progress(Instant now, int steps) {
        Duration whole = Duration.between(since, ends);
        Duration passed = Duration.between(since, now);
        return whole.isZero()
                ? steps
                : (int) Math.min(steps, Math.max(0, steps * passed.toMillis() / whole.toMillis()));
    }

    Work failingAt(Instant now, Failure why) {
        return new Work(since, now, why);
    }
}
