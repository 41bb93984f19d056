package nocobase.procedures.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nocobase.procedures.audit.KeptRecords;
import nocobase.procedures.process.status.RunningProcedures;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.runtime.Job;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Nothing grows for ever: a year of procedures, one a day, made from the rows of one that really ran. */
@ProcessTest
class RetentionTest extends ProcedureScenario {

    private static final int DAYS = 365;
    private static final int KEPT = 180;
    /** How the copies' ids begin. */
    private static final String MARK = "~day";

    /** The zero is in no operation's id: those of other tests are not taken for copies. */
    private static final String OPERATION = "alpha-dy0";

    private static final List<String> HISTORY = List.of(
            "act_hi_procinst",
            "act_hi_actinst",
            "act_hi_taskinst",
            "act_hi_varinst",
            "act_hi_detail",
            "act_hi_op_log",
            "act_hi_identitylink",
            "act_hi_job_log");
    private static final List<String> OURS = List.of("decision", "remark", "inventory");

    @Autowired
    ManagementService management;

    @Autowired
    KeptRecords records;

    @Autowired
    RunningProcedures procedures;

    @AfterEach
    void forgetTheYear() {
        Stream.concat(HISTORY.stream(), Stream.of("evidence", "decision", "remark", "inventory", "downtime"))
                .forEach(this::forget);
    }

    private void forget(String table) {
        jdbc.update("delete from " + table + " where "
                + (HISTORY.contains(table) ? copies(root(table)) : "operation like '" + OPERATION + "%'"));
    }

    @Test
    void aYearOfProceduresStaysAsLargeAsItsRetentionAndIsShownAtOnce() {
        String operation = upgrade();
        Map<String, Integer> each = sizes(operation);
        assertThat(each)
                .hasEntrySatisfying("act_hi_actinst", rows -> assertThat(rows).isGreaterThan(50));
        for (int day = 1; day <= DAYS; day++) {
            copy(operation, day);
        }
        assertThat(Stream.generate(this::milliseconds)
                        .limit(20)
                        .min(Long::compare)
                        .orElseThrow())
                .as("ms to find what runs, waits and ran before")
                .isLessThan(50);

        cleanUp();

        Map<String, Integer> left = sizes(null);
        HISTORY.forEach(table -> assertThat(left.get(table))
                .as(table)
                .isBetween(each.get(table) * (KEPT - 2), each.get(table) * (KEPT + 1)));
        OURS.forEach(table -> assertThat(left.get(table))
                .as(table)
                .isBetween(each.get(table) * (KEPT - 2), each.get(table) * (KEPT + 1)));
        assertThat(jdbc.queryForObject(
                        "select count(*) from evidence where operation like '" + OPERATION + "%'", Long.class))
                .isEqualTo(DAYS);
        cleanUp();
        assertThat(sizes(null)).isEqualTo(left);
    }

    @Test
    void theEngineKeepsItsHistoryAsLongAsOurDetails() {
        String operation = upgrade();
        assertThat(jdbc.queryForList(
                        "select distinct removal_time_::date - end_time_::date from act_hi_procinst where business_key_ = ?",
                        Integer.class,
                        operation))
                .containsExactly(KEPT);
        assertThat(jdbc.queryForObject("select count(*) from act_ru_meter_log", Long.class))
                .isZero();
    }

    private String upgrade() {
        instance = driver.start(
                "olga",
                "version-upgrade",
                Map.of("cluster", "alpha", "targetVersion", "2.2.16", "reason", "security fix"));
        driver.run();
        String operation = operation();
        accept();
        verify("works");
        assertThat(driver.endOf(instance)).isEqualTo("endEvent_versionUpgraded");
        assertThat(count("evidence", "operation = '" + operation + "'")).isEqualTo(1);
        return operation;
    }

    private long milliseconds() {
        long begun = System.nanoTime();
        procedures.now();
        procedures.tasks();
        procedures.past();
        downtimes.latest();
        return Duration.ofNanos(System.nanoTime() - begun).toMillis();
    }

    private void cleanUp() {
        for (int round = 0; round < 400; round++) {
            history.cleanUpHistoryAsync(true);
            List<Job> jobs = history.findHistoryCleanupJobs();
            jobs.forEach(job -> management.executeJob(job.getId()));
            if (expired() == 0) {
                break;
            }
        }
        records.removeExpired();
    }

    private long expired() {
        // The engine's own clock stamps its history.
        Timestamp now = Timestamp.from(Instant.now());
        return HISTORY.stream()
                .mapToLong(table -> jdbc.queryForObject(
                        "select count(*) from " + table + " where " + copies(root(table)) + " and removal_time_ < ?",
                        Long.class,
                        now))
                .sum();
    }

    /** @param operation of one procedure; null for all the copies */
    private Map<String, Integer> sizes(String operation) {
        Map<String, Integer> sizes = new TreeMap<>();
        for (String table : HISTORY) {
            String which = operation == null ? copies(root(table)) : root(table) + " in " + instances(operation);
            sizes.put(table, count(table, which));
        }
        for (String table : OURS) {
            sizes.put(
                    table,
                    count(
                            table,
                            operation == null
                                    ? "operation like '" + OPERATION + "%'"
                                    : "operation = '" + operation + "'"));
        }
        return sizes;
    }

    private int count(String table, String which) {
        return jdbc.queryForObject("select count(*) from " + table + " where " + which, Integer.class);
    }

    private String root(String table) {
        return columns(table).contains("root_proc_inst_id_") ? "root_proc_inst_id_" : "root_process_instance_id_";
    }

    private static String instances(String operation) {
        return "(select proc_inst_id_ from act_hi_procinst where business_key_ = '" + operation
                + "' and super_process_instance_id_ is null)";
    }

    private void copy(String operation, int day) {
        for (String table : HISTORY) {
            copy(table, root(table) + " in " + instances(operation), day);
        }
        Stream.concat(OURS.stream(), Stream.of("evidence"))
                .forEach(table -> copy(table, "operation = '" + operation + "'", day));
    }

    private void copy(String table, String which, int day) {
        List<String> into = new ArrayList<>();
        List<String> from = new ArrayList<>();
        types(table).forEach((name, type) -> {
            if (!name.equals("id")) {
                into.add(name);
                from.add(value(name, type, day));
            }
        });
        jdbc.update("insert into " + table + " (" + String.join(", ", into) + ") select " + String.join(", ", from)
                + " from " + table + " where " + which);
    }

    private String value(String column, String type, int day) {
        if (List.of("operation", "business_key_").contains(column)) {
            return String.format("'%s%05d'", OPERATION, day);
        }
        if (column.equals("kept_at")) {
            return "'" + clock.instant().minus(day, ChronoUnit.DAYS) + "'::timestamptz";
        }
        if (isKey(column)) {
            return "'" + MARK + day + "-' || md5(" + column + ")";
        }
        return type.startsWith("timestamp") ? column + " - interval '" + day + " days'" : column;
    }

    private static String copies(String column) {
        return column + " like '" + MARK + "%'";
    }

    private static boolean isKey(String column) {
        return List.of(
                        "id_",
                        "proc_inst_id_",
                        "process_instance_id_",
                        "root_proc_inst_id_",
                        "root_process_instance_id_",
                        "super_process_instance_id_",
                        "execution_id_",
                        "act_inst_id_",
                        "parent_act_inst_id_",
                        "call_proc_inst_id_",
                        "task_id_",
                        "job_id_",
                        "operation_id_",
                        "process_instance_key_")
                .contains(column);
    }

    private List<String> columns(String table) {
        return List.copyOf(types(table).keySet());
    }

    private Map<String, String> types(String table) {
        return jdbc
                .queryForList(
                        "select column_name, data_type from information_schema.columns where table_name = ?", table)
                .stream()
                .collect(
                        Collectors.toMap(row -> (String) row.get("column_name"), row -> (String) row.get("data_type")));
    }
}
