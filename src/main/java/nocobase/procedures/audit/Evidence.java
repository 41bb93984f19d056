package nocobase.procedures.audit;

import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Evidence packs: kept when a procedure ends, so that they outlive the engine's history; of a running procedure, or where
 * keeping failed, made from the history on demand.
 */
@Component
public class Evidence {

    private static final Logger LOG = LoggerFactory.getLogger(Evidence.class);

    private final JdbcTemplate jdbc;
    private final EvidenceReader reader;
    private final TransactionTemplate ownTransaction;

    Evidence(JdbcTemplate jdbc, EvidenceReader reader, PlatformTransactionManager transactions) {
        // The caller's transaction was just committed and would not commit again.
        this.ownTransaction = new TransactionTemplate(transactions);
        this.ownTransaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        this.jdbc = jdbc;
        this.reader = reader;
        jdbc.execute("""
                create table if not exists evidence (
                    operation varchar(64) primary key,
                    kept_at timestamptz not null default now(),
                    page text not null)
                """);
    }

    /** Keeps the pack of a procedure that ended. That it fails never stops anything: the history still has it all. */
    public void keep(String operation) {
        try {
            ownTransaction.executeWithoutResult(status -> made(operation).ifPresent(page -> store(operation, page)));
        } catch (RuntimeException e) {
            LOG.warn("The evidence of {} could not be kept; it is made from the history on demand", operation, e);
        }
    }

    private void store(String operation, String page) {
        jdbc.update(
                "insert into evidence (operation, page) values (?, ?)"
                        + " on conflict (operation) do update set page = excluded.page, kept_at = now()",
                operation,
                page);
    }

    /** Whether the pack was kept, and need not be made from the history. */
    public boolean kept(String operation) {
        return jdbc.queryForObject("select count(*) from evidence where operation = ?", Integer.class, operation) > 0;
    }

    /** The pack as one HTML file, or empty for an operation that never was. */
    public Optional<String> find(String operation) {
        return jdbc.queryForList("select page from evidence where operation = ?", String.class, operation).stream()
                .findFirst()
                .or(() -> made(operation));
    }

    /** Packs that were kept, the latest first: when, by operation. */
    public Map<String, Instant> all() {
        Map<String, Instant> all = new LinkedHashMap<>();
        jdbc.query("select operation, kept_at from evidence order by kept_at desc", (RowCallbackHandler) row ->
                all.put(row.getString("operation"), row.getTimestamp("kept_at").toInstant()));
        return all;
    }

    /** What is known of an operation now, from the engine's history; empty where that is gone. */
    public Optional<EvidencePack> read(String operation) {
        return reader.read(operation);
    }

    private Optional<String> made(String operation) {
        return reader.read(operation).map(pack -> EvidencePage.of(pack, ZoneId.systemDefault()));
    }
}
