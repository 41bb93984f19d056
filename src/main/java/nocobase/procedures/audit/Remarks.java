package nocobase.procedures.audit;

import java.sql.Timestamp;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** What happened to procedures from outside. Rows are added, never changed. */
@Component
public class Remarks {

    private final JdbcTemplate jdbc;

    Remarks(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** @return false if the same was remarked before, perhaps by another engine instance */
    public boolean record(Remark remark) {
        return jdbc.update(
                        "insert into remark (operation, key, at, text) values (?, ?, ?, ?) on conflict do nothing",
                        remark.operation(),
                        remark.key(),
                        Timestamp.from(remark.at()),
                        remark.text())
                == 1;
    }

    /** The remarks on a procedure, in order. */
    public List<Remark> of(String operation) {
        return jdbc.query(
                "select * from remark where operation = ? order by at, key",
                (row, number) -> new Remark(
                        row.getString("operation"),
                        row.getString("key"),
                        row.getTimestamp("at").toInstant(),
                        row.getString("text")),
                operation);
    }
}
