package nocobase.procedures.process.claim;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import nocobase.procedures.cluster.Cluster;
import nocobase.procedures.cluster.ClusterFence.Mark;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.FenceSettings;
import nocobase.procedures.language.Messages;
import nocobase.procedures.process.Admission;
import nocobase.procedures.security.Refusal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Keeps a sign of life of this engine in the world of each cluster that a procedure of its own holds, and looks there before
 * anything is touched. Where the world knows of somebody else, or of more than this engine's database does, or where this
 * engine was away for long, a person is asked, and the cluster's operations rest meanwhile.
 */
@Component
public class Fences implements Admission {

    private static final Logger LOG = LoggerFactory.getLogger(Fences.class);
    private static final Messages MESSAGES = Messages.of("process");

    /** So long what was seen holds: longer than the pause between two signs of life. */
    static final Duration FRESH = Duration.ofSeconds(30);

    private final Clusters clusters;
    private final Claims claims;
    private final FenceRecords records;
    private final EngineInDoubt question;
    private final EngineHost host;
    private final Duration gap;
    private final Clock clock;
    /** When each operation was admitted last. */
    private final Map<String, Instant> admitted = new ConcurrentHashMap<>();

    Fences(
            Clusters clusters,
            Claims claims,
            FenceRecords records,
            EngineInDoubt question,
            EngineHost host,
            FenceSettings settings,
            Clock clock) {
        this.clusters = clusters;
        this.claims = claims;
        this.records = records;
        this.question = question;
        this.host = host;
        this.gap = settings.gap();
        this.clock = clock;
    }

    @Override
    public boolean admits(String operation) {
        Instant now = clock.instant();
        Instant last = admitted.get(operation);
        boolean fresh = last != null && !last.isAfter(now) && last.plus(FRESH).isAfter(now);
        return fresh || look(operation);
    }

    /** Looks, and gives a sign of life if the operation holds its cluster. What is no operation touches nothing. */
    boolean look(String operation) {
        Optional<Claim> holding = claims.holding(operation);
        Optional<Claim> known = holding.or(() -> claims.planned(operation));
        if (known.isEmpty()) {
            return true;
        }
        String cluster = known.get().cluster();
        Optional<Doubt> doubt = doubt(clusters.find(cluster), operation, holding.isPresent());
        if (doubt.isPresent()) {
            admitted.clear();
            question.ask(cluster, operation, doubt.get());
            return false;
        }
        admitted.put(operation, clock.instant());
        return true;
    }

    /** What was admitted before it held its cluster gave no sign of life. */
    public void holdsNow(String operation) {
        admitted.remove(operation);
    }

    private Optional<Doubt> doubt(Cluster cluster, String operation, boolean holds) {
        return records.alone(cluster.name(), record -> {
            Optional<Mark> mark = cluster.fence().read();
            Optional<Doubt> doubt = about(mark, record.read(), operation);
            if (doubt.isEmpty() && holds && !put(cluster, record, mark, operation, true)) {
                return about(cluster.fence().read(), record.read(), operation);
            }
            return doubt;
        });
    }

    private Optional<Doubt> about(Optional<Mark> mark, Doubt.Known known, String operation) {
        return Doubt.about(mark, known, records.engine(), operation, clock.instant(), gap);
    }

    /** @param before the mark that stands */
    private boolean put(
            Cluster cluster, FenceRecords.Record record, Optional<Mark> before, String operation, boolean held) {
        Doubt.Known known = record.read();
        Mark next = new Mark(
                Math.max(known.number(), before.map(Mark::number).orElse(0L)) + 1,
                UUID.randomUUID().toString(),
                records.engine(),
                host.name(),
                operation,
                held,
                clock.instant());
        // First: an engine that dies in between finds the mark its own.
        record.write(new Doubt.Known(
                known.number(), known.token(), next.token(), known.operation(), known.held(), known.at()));
        if (!cluster.fence().put(next)) {
            return false;
        }
        record.write(new Doubt.Known(next.number(), next.token(), null, operation, held, next.at()));
        return true;
    }

    /**
     * A person says that this engine leads, whatever the world knows.
     *
     * @throws IllegalStateException if another engine gave a sign of life at the same moment
     */
    void lead(String cluster) {
        boolean put = records.alone(cluster, record -> {
            Cluster led = clusters.find(cluster);
            Optional<Claim> holder = claims.find(cluster);
            return put(
                    led,
                    record,
                    led.fence().read(),
                    holder.map(Claim::operation).orElse(""),
                    holder.isPresent());
        });
        if (!put) {
            throw new IllegalStateException(MESSAGES.text("fence.sameMoment", cluster));
        }
    }

    /** Gives back what no procedure of this engine holds any more, unless somebody else has it by now. */
    void release() {
        Instant stale = clock.instant().minus(FRESH);
        admitted.values().removeIf(stale::isAfter);
        records.held().stream()
                .filter(cluster -> claims.find(cluster).isEmpty())
                .forEach(this::release);
    }

    private void release(String cluster) {
        records.alone(cluster, record -> {
            Doubt.Known known = record.read();
            Cluster released = clusters.find(cluster);
            Optional<Mark> mark = released.fence().read();
            boolean ours = about(mark, known, "").isEmpty();
            if (!ours || !put(released, record, mark, known.operation(), false)) {
                record.write(
                        new Doubt.Known(known.number(), known.token(), null, known.operation(), false, known.at()));
            }
            return null;
        });
    }

    /**
     * Refuses to begin where another engine is at work. Whether it is cannot always be seen: then it shows before anything is
     * touched.
     */
    public void requireNoOther(Cluster cluster) {
        Optional<Mark> mark;
        try {
            mark = cluster.fence().read();
        } catch (RuntimeException e) {
            LOG.info("{}: its fence cannot be read now: {}", cluster.name(), e.toString());
            return;
        }
        Doubt.about(mark, Doubt.Known.nothing(), records.engine(), "", clock.instant(), gap)
                .filter(doubt -> doubt.kind() == Doubt.Kind.OTHER_ENGINE)
                .ifPresent(doubt -> {
                    throw Refusal.claimed(doubt.text() + " " + MESSAGES.text("fence.refused"));
                });
    }
}
