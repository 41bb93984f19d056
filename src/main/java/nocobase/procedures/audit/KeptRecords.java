package nocobase.procedures.audit;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Removes the records that {@link RetentionSettings} keep no longer. Details go where their pack was kept, from its time on:
 * of a procedure that runs there is none yet. The engine's own history has the same time to live.
 */
@Component
public class KeptRecords {

    private static final Logger LOG = LoggerFactory.getLogger(KeptRecords.class);

    private static final List<String> DETAILS = List.of("decision", "remark", "inventory");

    private final JdbcTemplate jdbc;
    private final RetentionSettings settings;
    private final Clock clock;

    // The tables are made by those who write them.
    KeptRecords(
            JdbcTemplate jdbc,
            RetentionSettings settings,
            Clock clock,
            Decisions decisions,
            Remarks remarks,
            Inventories inventories,
            Evidence evidence,
            Downtimes downtimes) {
        this.jdbc = jdbc;
        this.settings = settings;
        this.clock = clock;
    }

    /** How long the engine keeps the history of a procedure that ended. */
    public int detailsDays() {
        return Math.toIntExact(settings.details().toDays());
    }

    /** @return how many rows were removed */
    public int removeExpired() {
        Timestamp details = before(settings.details().toDays());
        int removed = 0;
        for (String table : DETAILS) {
            removed += jdbc.update(
                    "delete from " + table + " where operation in (select operation from evidence where kept_at < ?)",
                    details);
        }
        Timestamp evidence = before(settings.evidence().toDays());
        removed += jdbc.update("delete from evidence where kept_at < ?", evidence);
        removed += jdbc.update("delete from downtime where until < ?", evidence);
        if (removed > 0) {
            LOG.info("Removed {} records of procedures: their retention is over", removed);
        }
        return removed;
    }

    private Timestamp before(long days) {
        return Timestamp.from(Instant.now(clock).minus(java.time.Duration.ofDays(days)));
    }
}
