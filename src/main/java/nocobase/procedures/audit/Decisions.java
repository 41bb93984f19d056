package nocobase.procedures.audit;

import java.sql.Timestamp;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Every decision of every person, kept when the process instance is long gone. Rows are added, never changed. */
@Component
public class Decisions {

    private final JdbcTemplate jdbc;

    Decisions(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    public void record(Decision decision) {
        jdbc.update(
                "insert into decision (operation, task, task_name, person, decided_at, fields, words)"
                        + " values (?, ?, ?, ?, ?, ?, ?)",
                decision.operation(),
                decision.task(),
                decision.taskName(),
                decision.person(),
                Timestamp.from(decision.decidedAt()),
                decision.fields(),
                decision.words());
    }

    /** The decisions of a procedure, in order. */
    public List<Decision> of(String operation) {
        return jdbc.query(
                "select * from decision where operation = ? order by id",
                (row, number) -> new Decision(
                        row.getString("operation"),
                        row.getString("task"),
                        row.getString("task_name"),
                        row.getString("person"),
                        row.getTimestamp("decided_at").toInstant(),
                        row.getString("fields"),
                        row.getString("words")),
                operation);
    }

    public Optional<Decision> last(String operation) {
        List<Decision> decisions = of(operation);
        return decisions.isEmpty() ? Optional.empty() : Optional.of(decisions.get(decisions.size() - 1));
    }
}
