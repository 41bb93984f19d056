package nocobase.procedures.process.claim;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import nocobase.procedures.cluster.ClusterFence.Mark;
import nocobase.procedures.language.Messages;
import nocobase.procedures.process.Moments;

/**
 * Why this engine does not simply go on.
 *
 * @param last the mark that raises it
 */
record Doubt(Kind kind, Mark last) {

    private static final Messages MESSAGES = Messages.of("process");

    /** Engines give a sign of life several times a minute; hosts' clocks differ by seconds. */
    static final Duration SILENCE = Duration.ofMinutes(2);

    /** What is doubtful. */
    enum Kind {
        /** The engine's database does not know what was done in its own name. */
        OLDER_DATABASE,
        OTHER_ENGINE,
        /** It did not give the cluster back, and gives no sign of life. */
        SILENT_ENGINE,
        /** It has given the cluster back, while a procedure of ours was under way. */
        OTHER_MEANWHILE,
        AWAY
    }

    /**
     * What this engine knows of a cluster's fence by its own database.
     *
     * @param token of the last mark that it put; null if it never put one
     * @param announced of the mark that it was about to put: whether it still did, it may not know
     * @param operation that it put the last mark for
     * @param held whether that one held the cluster
     * @param at when it put the last mark
     */
    record Known(long number, String token, String announced, String operation, boolean held, Instant at) {

        static Known nothing() {
            return new Known(0, null, null, "", false, Instant.EPOCH);
        }

        private boolean put(Mark mark) {
            return mark.token().equals(token) || mark.token().equals(announced);
        }
    }

    /**
     * @param mark that stands, if one does
     * @param engine this engine's id
     * @param operation that wants to go on
     * @param gap how long it may have rested
     */
    static Optional<Doubt> about(
            Optional<Mark> mark, Known known, String engine, String operation, Instant now, Duration gap) {
        // Where somebody removed it, this engine's own memory is all there is.
        Mark last = mark.orElseGet(
                () -> new Mark(known.number(), known.token(), engine, "", known.operation(), known.held(), known.at()));
        if (mark.isEmpty() || known.put(last)) {
            return last.held()
                            && last.operation().equals(operation)
                            && last.at().plus(gap).isBefore(now)
                    ? Optional.of(new Doubt(Kind.AWAY, last))
                    : Optional.empty();
        }
        return last.engine().equals(engine)
                ? Optional.of(new Doubt(Kind.OLDER_DATABASE, last))
                : aboutOther(last, known, operation, now);
    }

    private static Optional<Doubt> aboutOther(Mark last, Known known, String operation, Instant now) {
        if (last.held()) {
            Kind kind = last.at().plus(SILENCE).isBefore(now) ? Kind.SILENT_ENGINE : Kind.OTHER_ENGINE;
            return Optional.of(new Doubt(kind, last));
        }
        return known.held() && known.operation().equals(operation)
                ? Optional.of(new Doubt(Kind.OTHER_MEANWHILE, last))
                : Optional.empty();
    }

    String text() {
        return MESSAGES.text("fence." + kind, last.operation(), last.host(), Moments.shown(last.at()));
    }

    String remedy() {
        return MESSAGES.text("fence." + kind + ".remedy");
    }
}
