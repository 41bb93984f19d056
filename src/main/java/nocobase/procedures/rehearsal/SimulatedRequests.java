package nocobase.procedures.rehearsal;

import java.time.Duration;
import java.time.Instant;

/** Requests that were under way at a node when the route left it; the last of them ends at {@code until}. */
record SimulatedRequests(int count, Instant since, Instant until) {

    int at(Instant now) {
        if (!now.isBefore(until)) {
            return 0;
        }
        Duration whole = Duration.between(since, until);
        Duration rest = Duration.between(now, until);
        return (int) Math.ceil((double) count * rest.toMillis() / Math.max(1, whole.toMillis()));
    }
}
