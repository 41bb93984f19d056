package nocobase.procedures.audit;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The downtimes of all clusters, each kept once: whoever shows, counts or estimates one reads it here. At most one lasts per
 * cluster, whatever number of engines look after it.
 */
@Component
public class Downtimes {

    private static final String LASTS = "cluster = ? and until is null";

    private final JdbcTemplate jdbc;
    private final Clock clock;
    private final TransactionTemplate ownTransaction;

    Downtimes(JdbcTemplate jdbc, Clock clock, PlatformTransactionManager transactions) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.ownTransaction = new TransactionTemplate(transactions);
        this.ownTransaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
    }

    /**
     * An operation takes the cluster out of service, or goes on where another one left it. Written at once, before it is
     * done: whoever crashes in between finds it here and counts on. The caller {@linkplain #revoke revokes} it if nothing
     * came of it.
     *
     * @param servedBefore whether clients are served at this moment
     */
    public Downtime begin(String cluster, String operation, String procedure, boolean servedBefore) {
        return ownTransaction.execute(status -> {
            Timestamp now = Timestamp.from(clock.instant());
            insert(cluster, new Downtime.Work(operation, procedure, now.toInstant()), servedBefore);
            jdbc.update(
                    "update downtime set work_operation = ?, work_procedure = ?, work_since = ?, left_operation = null,"
                            + " left_procedure = null, left_at = null, left_who = null, left_outcome = null,"
                            + " left_why = null where " + LASTS + " and work_operation <> ?",
                    operation,
                    procedure,
                    now,
                    cluster,
                    operation);
            part(cluster, operation, null);
            return lasting(cluster).orElseThrow();
        });
    }

    /**
     * A downtime that was counted elsewhere until now.
     *
     * @return whether it was taken over: where one lasts already, that one is it
     */
    public boolean takeOver(String cluster, Downtime.Work work, boolean servedBefore) {
        return Boolean.TRUE.equals(ownTransaction.execute(status -> {
            boolean taken = insert(cluster, work, servedBefore);
            if (taken) {
                part(cluster, work.operation(), null);
            }
            return taken;
        }));
    }

    /** @return false where one lasts already */
    private boolean insert(String cluster, Downtime.Work work, boolean servedBefore) {
        Timestamp since = Timestamp.from(work.since());
        return jdbc.update(
                        "insert into downtime (cluster, since, served_before, operation, work_operation, work_procedure,"
                                + " work_since) values (?, ?, ?, ?, ?, ?, ?) on conflict (cluster) where until is null do nothing",
                        cluster,
                        since,
                        servedBefore,
                        work.operation(),
                        work.operation(),
                        work.procedure(),
                        since)
                > 0;
    }

    /** Clients did not lose the service after all. */
    public void revoke(Downtime begun) {
        ownTransaction.executeWithoutResult(status -> jdbc.update(
                "delete from downtime where id = ? and until is null and operation = work_operation", begun.id()));
    }

    /**
     * Clients are served again; nothing where they were all the time. Part of the caller's transaction.
     *
     * @param operation that brought them back, or null if it was none of ours
     */
    public boolean end(String cluster, String operation) {
        if (operation != null) {
            part(cluster, operation, null);
        }
        return jdbc.update(
                        "update downtime set until = greatest(?, since), ended_by = ? where " + LASTS,
                        Timestamp.from(clock.instant()),
                        operation,
                        cluster)
                > 0;
    }

    /**
     * An operation ends and leaves the cluster where it stands. Who only looked at a cluster that another one had left does
     * not take its place. Part of the caller's transaction.
     *
     * @return the downtime that lasts on, if there is one
     */
    public Optional<Downtime> leave(String cluster, Downtime.Left left) {
        jdbc.update(
                "update downtime set left_operation = ?, left_procedure = ?, left_at = ?, left_who = ?, left_outcome = ?,"
                        + " left_why = ? where " + LASTS + " and (work_operation = ? or left_operation is null)",
                left.operation(),
                left.procedure(),
                Timestamp.from(left.at()),
                left.who(),
                left.outcome(),
                left.why(),
                cluster,
                left.operation());
        part(cluster, left.operation(), left.at());
        return lasting(cluster);
    }

    /** @param leftAt when the operation ended while the downtime lasted; null if it did not */
    private void part(String cluster, String operation, Instant leftAt) {
        jdbc.update(
                "insert into downtime_part select id, ?, ? from downtime where " + LASTS
                        + " on conflict (downtime, operation) do update set left_at = excluded.left_at",
                operation,
                leftAt == null ? null : Timestamp.from(leftAt),
                cluster);
    }

    /** The downtime of a cluster that lasts now. */
    public Optional<Downtime> lasting(String cluster) {
        return jdbc.query("select * from downtime where " + LASTS, Downtimes::read, cluster).stream()
                .findFirst();
    }

    /** All that last now. */
    public List<Downtime> lasting() {
        return jdbc.query("select * from downtime where until is null order by cluster", Downtimes::read);
    }

    /** The last downtime of each cluster, by cluster; it may last still. */
    public Map<String, Downtime> latest() {
        Map<String, Downtime> latest = new HashMap<>();
        jdbc.query("select distinct on (cluster) * from downtime order by cluster, since desc", (RowCallbackHandler)
                row -> latest.put(row.getString("cluster"), read(row, 0)));
        return latest;
    }

    /** Those that an operation had a part in, in order, as they stood when it ended. */
    List<Downtime> of(String operation) {
        return jdbc.query(
                "select d.*, p.left_at as part_left_at from downtime d join downtime_part p on p.downtime = d.id"
                        + " where p.operation = ? order by d.since",
                (row, number) -> {
                    Downtime downtime = read(row, number);
                    return row.getTimestamp("part_left_at") == null ? downtime : downtime.unended();
                },
                operation);
    }

    /** A run that kept a cluster out of service until clients were served. */
    public record FormerRun(String operation, Instant since, Instant until) {

        public Duration length() {
            return Duration.between(since, until);
        }
    }

    /** The last ones of a procedure, the latest first. */
    public List<FormerRun> formerRuns(String cluster, String procedure, int runs) {
        return jdbc.query(
                "select work_operation, work_since, until from downtime where cluster = ? and work_procedure = ?"
                        + " and ended_by = work_operation order by until desc limit ?",
                (row, number) -> new FormerRun(
                        row.getString("work_operation"),
                        row.getTimestamp("work_since").toInstant(),
                        row.getTimestamp("until").toInstant()),
                cluster,
                procedure,
                runs);
    }

    private static Downtime read(ResultSet row, int number) throws SQLException {
        return new Downtime(
                row.getLong("id"),
                row.getString("cluster"),
                instant(row, "since"),
                row.getBoolean("served_before"),
                row.getString("operation"),
                instant(row, "until"),
                row.getString("ended_by"),
                new Downtime.Work(
                        row.getString("work_operation"), row.getString("work_procedure"), instant(row, "work_since")),
                left(row));
    }

    private static Downtime.Left left(ResultSet row) throws SQLException {
        return row.getString("left_operation") == null
                ? null
                : new Downtime.Left(
                        row.getString("left_operation"),
                        row.getString("left_procedure"),
                        instant(row, "left_at"),
                        row.getString("left_who"),
                        row.getString("left_outcome"),
                        row.getString("left_why"));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        Timestamp at = row.getTimestamp(column);
        return at == null ? null : at.toInstant();
    }
}
