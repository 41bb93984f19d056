package nocobase.procedures.process.claim;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.stereotype.Component;

/**
 * What this engine's database knows of the clusters' fences, and which engine it is. What is written here is committed at
 * once, whatever becomes of the caller's transaction: the mark in the cluster's world is not undone either.
 */
@Component
class FenceRecords {

    /** First half of the advisory locks' keys; the second is a hash of the cluster's name. */
    private static final int KEY = 0x6e63_6266;

    private final DataSource dataSource;
    private final JdbcTemplate jdbc;
    private final String engine;

    FenceRecords(DataSource dataSource, JdbcTemplate jdbc) {
        this.dataSource = dataSource;
        this.jdbc = jdbc;
        jdbc.update(
                "insert into engine_identity (id) values (?) on conflict do nothing",
                UUID.randomUUID().toString());
        this.engine = jdbc.queryForObject("select id from engine_identity", String.class);
    }

    /** The id of this database: engines that share it are one. */
    String engine() {
        return engine;
    }

    /** Clusters that a mark of this engine holds. */
    List<String> held() {
        return jdbc.queryForList("select cluster from cluster_fence where held order by cluster", String.class);
    }

    /** Lets one at a time, of all engines that share this database, look at a cluster's fence and mend it. */
    <T> T alone(String cluster, Work<T> work) {
        try (Connection connection = dataSource.getConnection()) {
            JdbcTemplate atOnce = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
            return locked(atOnce, cluster, () -> work.with(new Record(atOnce, cluster)));
        } catch (SQLException e) {
            throw new UncategorizedSQLException("fence", null, e);
        }
    }

    /** The pool keeps the connection open, and with it the lock: it is given back. */
    private static <T> T locked(JdbcTemplate atOnce, String cluster, Supplier<T> work) {
        atOnce.queryForList("select pg_advisory_lock(?, hashtext(?))", KEY, cluster);
        try {
            return work.get();
        } finally {
            atOnce.queryForList("select pg_advisory_unlock(?, hashtext(?))", KEY, cluster);
        }
    }

    /** What is done while nobody else is at it. */
    interface Work<T> {
        T with(Record record);
    }

    /** What is known of one cluster. */
    static final class Record {

        private final JdbcTemplate atOnce;
        private final String cluster;

        private Record(JdbcTemplate atOnce, String cluster) {
            this.atOnce = atOnce;
            this.cluster = cluster;
        }

        Doubt.Known read() {
            return atOnce.query("select * from cluster_fence where cluster = ?", Record::known, cluster).stream()
                    .findFirst()
                    .orElseGet(Doubt.Known::nothing);
        }

        private static Doubt.Known known(ResultSet row, int number) throws SQLException {
            return new Doubt.Known(
                    row.getLong("number"),
                    row.getString("token"),
                    row.getString("announced"),
                    row.getString("operation"),
                    row.getBoolean("held"),
                    row.getTimestamp("at").toInstant());
        }

        void write(Doubt.Known known) {
            atOnce.update(
                    """
                    insert into cluster_fence (cluster, number, token, announced, operation, held, at)
                    values (?, ?, ?, ?, ?, ?, ?)
                    on conflict (cluster) do update set number = excluded.number, token = excluded.token,
                        announced = excluded.announced, operation = excluded.operation, held = excluded.held,
                        at = excluded.at
                    """,
                    cluster,
                    known.number(),
                    known.token(),
                    known.announced(),
                    known.operation(),
                    known.held(),
                    Timestamp.from(known.at()));
        }
    }
}
