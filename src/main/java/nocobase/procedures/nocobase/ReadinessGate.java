package nocobase.procedures.nocobase;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import nocobase.procedures.cluster.ClusterRuntime;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.NocoBase.Readiness;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Plugin;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Texts;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.language.Messages;

/**
 * Decides whether a node is ready. It remembers nothing that a restart of the engine must not lose: only when it last looked,
 * because NocoBase writes an error line into its log for every probe that it answers with 503.
 */
final class ReadinessGate {

    private static final Messages MESSAGES = Messages.of("nocobase");

    /**
     * At most one look per node in this time; a caller that asks more often gets the last answer. Somewhat less than the 500
     * ms at which a procedure asks: an answer of half a second ago would make it wait another half.
     */
    static final Duration PACE = Duration.ofMillis(400);

    /** An application passes through "stopped" when it restarts within its process; longer than this, nobody restarts it. */
    static final Duration STOPPED_FOR_GOOD = Duration.ofSeconds(15);

    /** So many starts within {@link #RECENT}, none of which came to an answer, are no start. */
    private static final int STARTS = 4;

    private static final Duration RECENT = Duration.ofMinutes(1);

    /** Between two steps of an upgrade it is a moment; a slow machine gets some more. */
    static final Duration BEHIND_FOR_GOOD = Duration.ofSeconds(15);

    private static final int LOG_LINES = 40;

    private final NodeProbe probe;
    private final DatabaseRecord database;
    private final ClusterRuntime runtime;
    private final Clock clock;
    private final Map<String, Watch> watches = new ConcurrentHashMap<>();

    ReadinessGate(NodeProbe probe, DatabaseRecord database, ClusterRuntime runtime, Clock clock) {
        this.probe = probe;
        this.database = database;
        this.runtime = runtime;
        this.clock = clock;
    }

    Progress<Readiness> ready(Node node, Version version) {
        Watch watch = watches.computeIfAbsent(node.name(), name -> new Watch());
        synchronized (watch) {
            Instant now = clock.instant();
            if (watch.stillCounts(node, version, now)) {
                return watch.answer;
            }
            watch.begin(node, version, now);
            watch.answer = look(node, version, watch);
            if (watch.answer instanceof Progress.Done) {
                watch.starts.clear();
            }
            return watch.answer;
        }
    }

    private Progress<Readiness> look(Node asked, Version version, Watch watch) {
        Node node = asked.running() && asked.url() != null ? asked : asItIsNow(asked);
        Health health =
                node.url() == null ? new Health.Unreachable(MESSAGES.text("ready.noAddress")) : probe.health(node);
        if (!(health instanceof Health.Stopped)) {
            watch.stoppedSince = null;
        }
        if (!(health instanceof Health.Ready)) {
            watch.behindSince = null;
        }
        if (health instanceof Health.Unreachable unreachable) {
            return unreachable(asItIsNow(asked), unreachable.reason(), watch);
        } else if (health instanceof Health.Busy busy) {
            return Progress.pending(busy.message());
        } else if (health instanceof Health.Failed failed) {
            return failed(node, failed, version);
        } else if (health instanceof Health.Stopped) {
            return stopped(node, watch);
        }
        return proven(node, version, watch);
    }

    private Node asItIsNow(Node node) {
        return runtime.observe().node(node.name()).orElse(node);
    }

    private Progress<Readiness> unreachable(Node node, String reason, Watch watch) {
        if (!node.running()) {
            return fail(node, "ready.notRunning.");
        }
        if (watch.startsOf(node) >= STARTS) {
            return fail(node, "ready.restarting.");
        }
        return Progress.pending(MESSAGES.text("ready.silent", reason));
    }

    private Progress<Readiness> failed(Node node, Health.Failed failed, Version wanted) {
        String reported = failed.message().isEmpty() ? MESSAGES.text("ready.noMessage") : failed.message();
        Failure failure = failure(node, "ready.failed.", failed.code(), reported);
        return Progress.failed(upgradeBroke(wanted) ? failure.thatLasts() : failure);
    }

    /** A start that ended in an error with the older version recorded ended in the upgrade: a migration fails each time. */
    private boolean upgradeBroke(Version wanted) {
        try {
            return olderThan(wanted, database.read()).isPresent();
        } catch (SQLException away) {
            return false; // which may be all that broke
        }
    }

    private static Optional<Version> olderThan(Version wanted, DatabaseRecord.Snapshot recorded) {
        return recorded.version().flatMap(Version::tryParse).filter(it -> it.isBelow(wanted));
    }

    private Progress<Readiness> stopped(Node node, Watch watch) {
        if (watch.stoppedSince == null) {
            watch.stoppedSince = watch.lookedAt;
        }
        if (Duration.between(watch.stoppedSince, watch.lookedAt).compareTo(STOPPED_FOR_GOOD) < 0) {
            return Progress.pending(MESSAGES.text("ready.restartingApplication"));
        }
        return fail(node, "ready.stopped.", STOPPED_FOR_GOOD.toSeconds());
    }

    /** All four proofs. The health check alone says ok with the database gone, and between two steps of an upgrade. */
    private Progress<Readiness> proven(Node node, Version wanted, Watch watch) {
        Optional<String> running = probe.version(node);
        if (running.isEmpty()) {
            return Progress.pending(MESSAGES.text("ready.noVersion"));
        }
        if (!running.get().equals(wanted.toString())) {
            return failForGood(node, "ready.otherVersion.", Texts.shown(running.get()), wanted);
        }
        DatabaseRecord.Snapshot recorded;
        try {
            recorded = database.read();
        } catch (SQLException failed) {
            return Progress.pending(
                    MESSAGES.text("ready.noDatabase", Texts.shown(failed.getMessage(), Health.LONGEST)));
        }
        Optional<Progress<Readiness>> doubt =
                notUpgraded(node, wanted, recorded, watch).or(() -> doubt(node, wanted, recorded));
        if (doubt.isPresent()) {
            return doubt.get();
        }
        return probe.plugins(node)
                .<Progress<Readiness>>map(plugins -> Progress.done(new Readiness(node.name(), wanted, plugins)))
                .orElseGet(() -> Progress.pending(MESSAGES.text("ready.noPlugins")));
    }

    /**
     * NocoBase calls itself healthy for a moment between two steps of an upgrade. One that stays so with the older version
     * recorded did not begin one, and never will.
     */
    private Optional<Progress<Readiness>> notUpgraded(
            Node node, Version wanted, DatabaseRecord.Snapshot recorded, Watch watch) {
        Optional<Version> behind = olderThan(wanted, recorded);
        if (behind.isEmpty()) {
            watch.behindSince = null;
            return Optional.empty();
        }
        if (watch.behindSince == null) {
            watch.behindSince = watch.lookedAt;
        }
        return Duration.between(watch.behindSince, watch.lookedAt).compareTo(BEHIND_FOR_GOOD) < 0
                ? Optional.empty()
                : Optional.of(
                        failForGood(node, "ready.notUpgraded.", wanted, behind.get(), BEHIND_FOR_GOOD.toSeconds()));
    }

    private Optional<Progress<Readiness>> doubt(Node node, Version wanted, DatabaseRecord.Snapshot recorded) {
        if (recorded.version().isEmpty()) {
            return Optional.of(Progress.pending(MESSAGES.text("ready.noRecord")));
        }
        String written = recorded.version().get();
        if (Version.tryParse(written).filter(wanted::isBelow).isPresent()) {
            return Optional.of(failForGood(node, "ready.newerDatabase.", Texts.shown(written), wanted));
        }
        if (!written.equals(wanted.toString())) {
            return Optional.of(Progress.pending(MESSAGES.text("ready.olderDatabase", Texts.shown(written), wanted)));
        }
        List<String> missing = names(recorded.plugins().stream()
                .filter(plugin -> plugin.enabled() && !plugin.installed())
                .toList());
        if (!missing.isEmpty()) {
            return Optional.of(Progress.pending(MESSAGES.text("ready.notInstalled", String.join(", ", missing))));
        }
        List<String> mixed = names(recorded.plugins().stream()
                .filter(plugin -> plugin.enabled()
                        && plugin.builtIn()
                        && !wanted.toString().equals(plugin.version()))
                .toList());
        return mixed.isEmpty()
                ? Optional.empty()
                : Optional.of(Progress.pending(MESSAGES.text("ready.mixedPlugins", wanted, String.join(", ", mixed))));
    }

    private static List<String> names(List<Plugin> plugins) {
        return plugins.stream()
                .limit(5)
                .map(plugin -> Texts.shown(plugin.name()))
                .toList();
    }

    private Progress<Readiness> fail(Node node, String key, Object... arguments) {
        return Progress.failed(failure(node, key, arguments));
    }

    private Progress<Readiness> failForGood(Node node, String key, Object... arguments) {
        return Progress.failed(failure(node, key, arguments).thatLasts());
    }

    private Failure failure(Node node, String key, Object... arguments) {
        return Failure.ofNode(node.name(), MESSAGES, key, arguments).withLog(runtime.logTail(node.name(), LOG_LINES));
    }

    /** The last look at one node. */
    private static final class Watch {
        private Node node;
        private Version version;
        private Instant lookedAt;
        private Instant stoppedSince;
        private Instant behindSince;
        private Progress<Readiness> answer;
        private final NavigableSet<Instant> starts = new TreeSet<>();

        /** How often the container was started lately, as far as we saw it. */
        int startsOf(Node seen) {
            if (seen.startedAt() != null) {
                starts.add(seen.startedAt());
                starts.headSet(starts.last().minus(RECENT)).clear();
            }
            return starts.size();
        }

        boolean stillCounts(Node asked, Version wanted, Instant now) {
            return answer instanceof Progress.Pending
                    && asked.equals(node)
                    && wanted.equals(version)
                    && !now.isBefore(lookedAt)
                    && now.isBefore(lookedAt.plus(PACE));
        }

        void begin(Node asked, Version wanted, Instant now) {
            if (!asked.equals(node)) {
                stoppedSince = null;
                behindSince = null;
            }
            node = asked;
            version = wanted;
            lookedAt = now;
            answer = null;
        }
    }
}
