package nocobase.procedures.balancer;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.language.Messages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits until the requests under way at nodes that leave have ended, or the time for it has. */
final class Draining {

    private static final Messages MESSAGES = Messages.of("balancer");

    private static final Logger LOG = LoggerFactory.getLogger(Draining.class);

    /**
     * nginx tells its old worker processes a tenth of a second after it started the new ones to accept nothing more; what
     * they accepted until then is seen after this.
     */
    static final Duration SETTLE = Duration.ofMillis(500);

    /** Nobody asked for so long: an earlier wait was ended by another engine instance, and this is a new one. */
    static final Duration FORGOTTEN = Duration.ofMinutes(1);

    private final OpenRequests openRequests;
    private final Addresses addresses;
    private final Clock clock;

    private Set<String> awaited = Set.of();
    private List<Address> found = List.of();
    private Instant since;
    private Instant asked;

    Draining(OpenRequests openRequests, Addresses addresses, Clock clock) {
        this.openRequests = openRequests;
        this.addresses = addresses;
        this.clock = clock;
    }

    /** A new route: what is asked next is asked for the first time. */
    void begin() {
        awaited = Set.of();
    }

    Progress<String> of(List<Node> leaving, Duration limit) {
        List<Node> running = leaving.stream().filter(node -> node.url() != null).toList();
        if (running.isEmpty()) {
            return Progress.done(MESSAGES.text("drain.stopped"));
        }
        awaitThese(running);
        Duration passed = Duration.between(since, clock.instant());
        OptionalInt open = openRequests.at(found);
        boolean over = passed.compareTo(limit) >= 0;
        if (open.isEmpty()) {
            return over
                    ? Progress.done(MESSAGES.text("drain.uncounted", limit.toSeconds()))
                    : Progress.pending(MESSAGES.text("drain.uncountedYet", limit.toSeconds()));
        }
        if (open.getAsInt() == 0) {
            return over || passed.compareTo(SETTLE) >= 0
                    ? Progress.done(MESSAGES.text("drain.none", String.join(", ", names(running))))
                    : Progress.pending(MESSAGES.text("drain.makingSure"));
        }
        int requests = open.getAsInt();
        if (!over) {
            return Progress.pending(MESSAGES.text("drain.open", requests));
        }
        LOG.warn("{} requests still open at {} after {} s will be cut", requests, names(running), limit.toSeconds());
        return Progress.done(MESSAGES.text("drain.cut", requests, limit.toSeconds()));
    }

    private void awaitThese(List<Node> nodes) {
        Set<String> names = names(nodes);
        Instant now = clock.instant();
        if (!names.equals(awaited) || Duration.between(asked, now).compareTo(FORGOTTEN) > 0) {
            found = addresses.of(nodes);
            since = now;
            awaited = names;
        }
        asked = now;
    }

    private static Set<String> names(List<Node> nodes) {
        return nodes.stream().map(Node::name).collect(Collectors.toCollection(TreeSet::new));
    }
}
