package nocobase.procedures.process;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** How long steps of former runs took, by the engine's history. What its cleanup has removed is not known any more. */
@Component
class FormerSteps {

    private static final String STEPS = """
            select p.business_key_, a.start_time_, a.end_time_
              from act_hi_procinst p
              join act_hi_actinst a on a.proc_inst_id_ = p.id_
             where p.business_key_ in (:operations) and a.act_id_ in (:steps) and a.end_time_ is not null
            """;

    private final JdbcClient jdbc;

    FormerSteps(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** One step, once. */
    record Span(Instant from, Instant to) {

        /** The part of it that lies between two moments. */
        Duration within(Instant begin, Instant end) {
            Instant first = from.isBefore(begin) ? begin : from;
            Instant last = to.isAfter(end) ? end : to;
            return first.isBefore(last) ? Duration.between(first, last) : Duration.ZERO;
        }

        Duration length() {
            return Duration.between(from, to);
        }
    }

    /** By operation. */
    Map<String, List<Span>> of(Collection<String> operations, Set<String> steps) {
        Map<String, List<Span>> spans = new HashMap<>();
        if (!operations.isEmpty()) {
            jdbc.sql(STEPS)
                    .param("operations", operations)
                    .param("steps", steps)
                    .query((RowCallbackHandler) row -> spans.computeIfAbsent(
                                    row.getString("business_key_"), operation -> new ArrayList<>())
                            .add(new Span(
                                    instant(row.getTimestamp("start_time_")), instant(row.getTimestamp("end_time_")))));
        }
        return spans;
    }

    private static Instant instant(Timestamp at) {
        return at.toInstant();
    }
}
