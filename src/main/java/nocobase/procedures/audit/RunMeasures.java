package nocobase.procedures.audit;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What a run's length depends on, as it was when the run was planned: later runs are judged by it. */
@Component
public class RunMeasures {

    private final JdbcClient jdbc;
    private final Clock clock;

    RunMeasures(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /**
     * One run's.
     *
     * @param databaseSize bytes of all its databases; null where it could not be found out
     * @param imageHere whether every host had the target image already; null where none is pulled, or that is not known
     */
    public record Measure(Long databaseSize, Boolean imageHere) {}

    /** Measured anew, it takes the place of what was known. Part of the caller's transaction. */
    public void record(String operation, String cluster, Measure measure) {
        jdbc.sql("""
                        insert into run_measure values (?, ?, ?, ?, ?) on conflict (operation) do update
                           set database_size = excluded.database_size, image_here = excluded.image_here,
                               measured_at = excluded.measured_at
                        """)
                .params(
                        operation,
                        cluster,
                        measure.databaseSize(),
                        measure.imageHere(),
                        Timestamp.from(clock.instant()))
                .update();
    }

    public Optional<Measure> of(String operation) {
        return Optional.ofNullable(of(List.of(operation)).get(operation));
    }

    /** By operation; of those that are not in it nothing is known. */
    public Map<String, Measure> of(Collection<String> operations) {
        Map<String, Measure> found = new HashMap<>();
        if (!operations.isEmpty()) {
            jdbc.sql("select * from run_measure where operation in (:operations)")
                    .param("operations", operations)
                    .query((RowCallbackHandler) row -> found.put(row.getString("operation"), read(row)));
        }
        return found;
    }

    /** The last runs on a cluster that had to pull their image, the latest first. */
    public List<String> withoutImage(String cluster, int runs) {
        return jdbc.sql(
                        "select operation from run_measure where cluster = ? and not image_here order by measured_at desc limit ?")
                .params(cluster, runs)
                .query(String.class)
                .list();
    }

    private static Measure read(ResultSet row) throws SQLException {
        return new Measure(row.getObject("database_size", Long.class), row.getObject("image_here", Boolean.class));
    }
}
