package nocobase.procedures.web;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import nocobase.procedures.cluster.Cluster;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.cluster.Seen;
import nocobase.procedures.concurrent.Probes;
import nocobase.procedures.language.Messages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * How the clusters look, for people who watch. Each thing is looked at in the background while somebody watches, never
 * twice at once, so many watchers cost no more than one, and clusters that do not answer delay nobody.
 */
@Component
class ClusterLooks implements DisposableBean {

    private static final Messages MESSAGES = Messages.of("web");
    private static final Logger LOG = LoggerFactory.getLogger(ClusterLooks.class);
    private static final Duration PACE = Duration.ofSeconds(2);
    private static final Duration SLOW_PACE = Duration.ofSeconds(30);
    private static final long FIRST_LOOK_MILLIS = 700;
    private static final int AT_ONCE = 16;
    private static final int HANGING = 32;

    /**
     * What was found.
     *
     * @param found null if nothing was found yet
     * @param at when it was found
     * @param trouble why there is nothing newer; null if all is well
     */
    record Look<T>(T found, Instant at, String trouble) {}

    /** All about one cluster. */
    record Looks(Look<List<Node>> nodes, Look<Seen> route, Look<List<RestorePoint>> restorePoints) {}

    private final Clusters clusters;
    private final Clock clock;
    private final Map<String, Watched<?>> watched = new ConcurrentHashMap<>();
    private final Probes probes = new Probes("cluster-looks-", AT_ONCE, HANGING);

    ClusterLooks(Clusters clusters, Clock clock) {
        this.clusters = clusters;
        this.clock = clock;
    }

    Map<String, Looks> now() {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(FIRST_LOOK_MILLIS);
        Map<String, Looks> looks = new HashMap<>();
        clusters.all().forEach(this::refresh);
        clusters.all().forEach(cluster -> looks.put(cluster.name(), looksAt(cluster, until)));
        return looks;
    }

    private void refresh(Cluster cluster) {
        nodes(cluster).refresh();
        route(cluster).refresh();
        restorePoints(cluster).refresh();
    }

    private Looks looksAt(Cluster cluster, long until) {
        return new Looks(
                nodes(cluster).latest(until),
                route(cluster).latest(until),
                restorePoints(cluster).latest(until));
    }

    private Watched<List<Node>> nodes(Cluster cluster) {
        return watched(
                cluster.name() + " nodes",
                PACE,
                () -> cluster.runtime().observe().nodes());
    }

    private Watched<Seen> route(Cluster cluster) {
        return watched(cluster.name() + " route", PACE, () -> cluster.balancer().seen());
    }

    private Watched<List<RestorePoint>> restorePoints(Cluster cluster) {
        return watched(
                cluster.name() + " restore points",
                SLOW_PACE,
                () -> cluster.restorePoints().list());
    }

    @SuppressWarnings("unchecked")
    private <T> Watched<T> watched(String what, Duration pace, Supplier<T> look) {
        return (Watched<T>) watched.computeIfAbsent(what, name -> new Watched<>(name, pace, look));
    }

    @Override
    public void destroy() {
        probes.close();
    }

    /** One thing that is looked at again and again. */
    private final class Watched<T> {

        private final String what;
        private final Duration pace;
        private final Supplier<T> look;
        private Look<T> latest = new Look<>(null, null, null);
        private Instant began;
        private Instant ended = Instant.EPOCH;

        Watched(String what, Duration pace, Supplier<T> look) {
            this.what = what;
            this.pace = pace;
            this.look = look;
        }

        synchronized void refresh() {
            if (began == null && !clock.instant().isBefore(ended.plus(pace))) {
                // The last look may not have left its place yet: the next refresh finds it free.
                began = probes.look(what, this::look) ? clock.instant() : null;
            }
        }

        private void look() {
            T found = null;
            String trouble = null;
            try {
                found = look.get();
            } catch (RuntimeException e) {
                LOG.debug("Looking at {} failed", what, e);
                trouble = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            }
            ended(found, trouble);
        }

        private synchronized void ended(T found, String trouble) {
            ended = clock.instant();
            began = null;
            latest =
                    trouble == null ? new Look<>(found, ended, null) : new Look<>(latest.found(), latest.at(), trouble);
            notifyAll();
        }

        /** Waits a moment only for the first look of all. */
        synchronized Look<T> latest(long until) {
            while (latest.at() == null && latest.trouble() == null) {
                long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
                if (left <= 0) {
                    break;
                }
                try {
                    wait(left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    break;
                }
            }
            return began != null && began.isBefore(clock.instant().minus(PACE.multipliedBy(2)))
                    ? new Look<>(
                            latest.found(),
                            latest.at(),
                            MESSAGES.text(
                                    "looks.noAnswer",
                                    Duration.between(began, clock.instant()).toSeconds()))
                    : latest;
        }
    }
}
