package nocobase.procedures.process;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.List;
import java.util.Optional;
import nocobase.procedures.language.Messages;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * The claims on clusters: one row per cluster, taken in the transaction that starts a procedure and released in the one that
 * ends it.
 */
@Component
public class Claims {

    private static final Messages MESSAGES = Messages.of("process");
    private final JdbcTemplate jdbc;

    Claims(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
        jdbc.execute("""
                create table if not exists cluster_claim (
                    cluster varchar(64) primary key,
                    operation varchar(64) not null,
                    procedure varchar(64) not null,
                    who varchar(255) not null,
                    since timestamptz not null,
                    why text not null,
                    process_instance varchar(64) not null)
                """);
    }

    /** @throws org.camunda.bpm.engine.ProcessEngineException if the cluster is held, naming the holder */
    void take(Claim claim) {
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
            throw Errors.claimed(find(claim.cluster())
                    .map(Claims::refusal)
                    .orElseGet(() -> MESSAGES.text("lock.justReleased", claim.cluster())));
        }
    }

    private static String refusal(Claim holder) {
        return MESSAGES.text(
                "lock.held",
                holder.cluster(),
                holder.procedure(),
                holder.operation(),
                holder.who(),
                Moments.shown(holder.since()),
                holder.why());
    }

    void release(String processInstance) {
        jdbc.update("delete from cluster_claim where process_instance = ?", processInstance);
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
        return jdbc.query("""
                delete from cluster_claim c
                 where not exists (select 1 from act_ru_execution e where e.id_ = c.process_instance)
                returning *
                """, Claims::read);
    }

    private static Claim read(ResultSet row, int number) throws SQLException {
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
