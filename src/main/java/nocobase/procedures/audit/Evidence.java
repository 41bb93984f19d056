package nocobase.procedures.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
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
    private static final JsonMapper JSON =
            JsonMapper.builder().addModule(new JavaTimeModule()).build();

    private final JdbcTemplate jdbc;
    private final EvidenceReader reader;
    private final EvidenceSummaries summaries;
    private final TransactionTemplate ownTransaction;

    Evidence(
            JdbcTemplate jdbc,
            EvidenceReader reader,
            EvidenceSummaries summaries,
            PlatformTransactionManager transactions) {
        this.summaries = summaries;
        // The caller's transaction was just committed and would not commit again.
        this.ownTransaction = new TransactionTemplate(transactions);
        this.ownTransaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        this.jdbc = jdbc;
        this.reader = reader;
    }

    /** Keeps the pack of a procedure that ended. That it fails never stops anything: the history still has it all. */
    public void keep(String operation) {
        try {
            ownTransaction.executeWithoutResult(status -> made(operation).ifPresent(page -> {
                store(operation, page);
                summaries.of(operation).ifPresent(this::store);
            }));
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

    /** The pack as one HTML file, or empty for an operation that never was. */
    public Optional<String> find(String operation) {
        return jdbc.queryForList("select page from evidence where operation = ?", String.class, operation).stream()
                .findFirst()
                .or(() -> made(operation));
    }

    /** A row of the table, without its page. */
    private record Kept(String operation, Instant keptAt, String summary) {}

    private void store(EvidenceSummary summary) {
        try {
            jdbc.update(
                    "update evidence set summary = ? where operation = ?",
                    JSON.writeValueAsString(summary),
                    summary.operation());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Packs that were kept, the procedure that began last first. */
    public List<EvidenceSummary> all() {
        List<Kept> kept = jdbc.query(
                "select operation, kept_at, summary from evidence",
                (row, number) -> new Kept(
                        row.getString("operation"), row.getTimestamp("kept_at").toInstant(), row.getString("summary")));
        return kept.stream()
                .map(one -> summary(one.operation(), one.keptAt(), one.summary()))
                .sorted(Comparator.comparing(EvidenceSummary::startedAt).reversed())
                .toList();
    }

    /** Packs that an earlier build kept have no summary yet. */
    private EvidenceSummary summary(String operation, Instant keptAt, String kept) {
        if (kept == null) {
            Optional<EvidenceSummary> made = summaries.of(operation);
            made.ifPresent(this::store);
            return made.orElseGet(() -> EvidenceSummary.unknown(operation, keptAt));
        }
        try {
            return JSON.readValue(kept, EvidenceSummary.class);
        } catch (JsonProcessingException e) {
            LOG.warn("The summary of {} cannot be read", operation, e);
            return EvidenceSummary.unknown(operation, keptAt);
        }
    }

    /** What is known of an operation now, from the engine's history; empty where that is gone. */
    public Optional<EvidencePack> read(String operation) {
        return reader.read(operation);
    }

    private Optional<String> made(String operation) {
        return reader.read(operation).map(pack -> EvidencePage.of(pack, ZoneId.systemDefault()));
    }
}
