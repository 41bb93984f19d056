package nocobase.procedures.process.claim;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import nocobase.procedures.language.Messages;
import nocobase.procedures.process.Moments;
import nocobase.procedures.process.ShownNames;
import nocobase.procedures.security.Refusal;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * The claims on clusters: one row per cluster, taken in the transaction that starts a procedure and released in the one that
 * ends it. A procedure with a maintenance window is planned first, and takes the cluster when the window opens.
 */
@Component
public class Claims {

    private static final Messages MESSAGES = Messages.of("process");

    private final JdbcTemplate jdbc;

    Claims(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** A procedure that waits for its window holds nothing yet. */
    public void plan(Claim claim) {
        jdbc.update(
                "insert into cluster_plan (cluster, operation, procedure, who, since, why, process_instance)"
                        + " values (?, ?, ?, ?, ?, ?, ?)",
                claim.cluster(),
                claim.operation(),
                claim.procedure(),
                claim.who(),
                Timestamp.from(claim.since()),
                claim.why(),
                claim.processInstance());
    }

    /**
     * What was planned takes its cluster; what holds it already goes on holding it.
     *
     * @return who else holds the cluster, if somebody does: then nothing was changed
     */
    public Optional<Claim> begin(String operation, Instant now) {
        Optional<Claim> planned = planned(operation);
        if (planned.isEmpty()) {
            return Optional.empty();
        }
        jdbc.update("""
                insert into cluster_claim (cluster, operation, procedure, who, since, why, process_instance)
                select cluster, operation, procedure, who, ?, why, process_instance from cluster_plan where operation = ?
                on conflict do nothing
                """, Timestamp.from(now), operation);
        Optional<Claim> holder =
                find(planned.get().cluster()).filter(claim -> !claim.operation().equals(operation));
        if (holder.isEmpty()) {
            jdbc.update("delete from cluster_plan where operation = ?", operation);
        }
        return holder;
    }

    /** What did not begin in its window gives the cluster back and is planned again. */
    public void postpone(String operation) {
        jdbc.update("""
                with held as (delete from cluster_claim where operation = ? returning *)
                insert into cluster_plan (cluster, operation, procedure, who, since, why, process_instance)
                select cluster, operation, procedure, who, since, why, process_instance from held
                """, operation);
    }

    /** What is planned and holds nothing yet. */
    public Optional<Claim> planned(String operation) {
        return jdbc.query("select * from cluster_plan where operation = ?", Claims::read, operation).stream()
                .findFirst();
    }

    /** All that is planned for a cluster and holds nothing yet. */
    List<Claim> plannedFor(String cluster) {
        return jdbc.query("select * from cluster_plan where cluster = ? order by since", Claims::read, cluster);
    }

    /** The claim of an operation that holds its cluster. */
    Optional<Claim> holding(String operation) {
        return jdbc.query("select * from cluster_claim where operation = ?", Claims::read, operation).stream()
                .findFirst();
    }

    /** One procedure for each cluster: the one that holds it, or else the one that was planned first. */
    public List<Shown> shown() {
        return jdbc.query(
                "select * from cluster_shown order by cluster",
                (row, number) -> new Shown(read(row, number), row.getBoolean("planned")));
    }

    /** @param planned whether it holds the cluster only when its window opens */
    public record Shown(Claim claim, boolean planned) {}

    /** @throws org.camunda.bpm.engine.ProcessEngineException if the cluster is held, naming the holder */
    public void take(Claim claim) {
        // A plain insert would abort the caller's transaction before the holder can be read.
        int taken = jdbc.update(
                "insert into cluster_claim values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing",
                claim.cluster(),
                claim.operation(),
                claim.procedure(),
                claim.who(),
                Timestamp.from(claim.since()),
                claim.why(),
                claim.processInstance());
        if (taken == 0) {
            throw Refusal.claimed(find(claim.cluster())
                    .map(Claims::heldBy)
                    .orElseGet(() -> MESSAGES.text("lock.justReleased", claim.cluster())));
        }
    }

    public static String heldBy(Claim holder) {
        return MESSAGES.text(
                "lock.held",
                holder.cluster(),
                ShownNames.ofProcess(holder.procedure()),
                holder.operation(),
                holder.who(),
                Moments.shown(holder.since()),
                holder.why());
    }

    /** @return whether the procedure held its cluster, or was only planned */
    public boolean release(String processInstance) {
        jdbc.update("delete from cluster_plan where process_instance = ?", processInstance);
        return jdbc.update("delete from cluster_claim where process_instance = ?", processInstance) > 0;
    }

    /** The claim on a cluster, if it is held. */
    public Optional<Claim> find(String cluster) {
        return jdbc.query("select * from cluster_claim where cluster = ?", Claims::read, cluster).stream()
                .findFirst();
    }

    public List<Claim> all() {
        return jdbc.query("select * from cluster_claim order by cluster", Claims::read);
    }

    /**
     * Releases claims whose process instance is gone (it ended without our listener, for example in a restored engine
     * database).
     *
     * @return what was released
     */
    List<Claim> releaseOrphans() {
        jdbc.update("""
                delete from cluster_plan c
                 where not exists (select 1 from act_ru_execution e where e.id_ = c.process_instance)
                """);
        return jdbc.query("""
                delete from cluster_claim c
                 where not exists (select 1 from act_ru_execution e where e.id_ = c.process_instance)
                returning *
                """, Claims::read);
    }

    public static Claim read(ResultSet row, int number) throws SQLException {
        return new Claim(
                row.getString("cluster"),
                row.getString("operation"),
                row.getString("procedure"),
                row.getString("who"),
                row.getTimestamp("since").toInstant(),
                row.getString("why"),
                row.getString("process_instance"));
    }
}
