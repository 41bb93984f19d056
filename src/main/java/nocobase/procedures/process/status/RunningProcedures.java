package nocobase.procedures.process.status;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import nocobase.procedures.language.Messages;
import nocobase.procedures.process.Variables;
import nocobase.procedures.process.claim.Claim;
import nocobase.procedures.process.claim.Claims;
import nocobase.procedures.process.status.RunningProcedure.Phase;
import nocobase.procedures.process.wait.LastSeen;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * What runs, who is waited for, and what ran before, in one set of queries whatever the number of clusters. The engine's own
 * API would need dozens for each procedure. Tables as created by Camunda 7.24 (activiti.postgres.create.engine.sql).
 */
@Component
public class RunningProcedures {

    private static final Messages MESSAGES = Messages.of("process");
    /** Instances of the running procedures: each fragment bears the business key of its procedure. */
    private static final String INSTANCES =
            " from cluster_shown c join act_ru_execution i on i.business_key_ = c.operation and i.parent_id_ is null ";

    private static final String PHASES = """
            select c.cluster, a.act_id_, a.act_name_, a.start_time_, a.end_time_, a.act_inst_state_
              from cluster_shown c
              join act_hi_actinst a on a.proc_inst_id_ = c.process_instance
             where a.act_type_ in ('callActivity', 'userTask', 'receiveTask', 'serviceTask')
             order by a.start_time_, a.sequence_counter_
            """;
    private static final String STEPS = """
            select c.cluster, a.proc_inst_id_, a.act_name_, a.act_type_, a.start_time_, d.name_ as fragment
            """ + INSTANCES + """
              join act_hi_actinst a on a.proc_inst_id_ = i.id_ and a.end_time_ is null
              join act_re_procdef d on d.id_ = a.proc_def_id_
             where a.act_type_ in ('userTask', 'receiveTask', 'serviceTask')
             order by a.start_time_
            """;
    private static final String JOBS = """
            select c.cluster, j.retries_, j.exception_msg_, j.create_time_, jd.act_id_, d.id_ as definition,
                   d.name_ as fragment
            """ + INSTANCES + """
              join act_ru_job j on j.process_instance_id_ = i.id_ and j.type_ = 'message'
              join act_re_procdef d on d.id_ = j.process_def_id_
              left join act_ru_jobdef jd on jd.id_ = j.job_def_id_
            """;
    private static final String VARIABLES = """
            select c.cluster, c.process_instance = i.id_ as root, v.name_, v.text_, i.proc_def_id_ as definition
            """ + INSTANCES + """
              left join act_ru_variable v on v.execution_id_ = i.id_ and v.type_ = 'string'
                   and v.name_ in ('previousVersion', 'targetVersion', 'window', 'windowEnd')
            """;
    /** All but the one that stands for its cluster while nothing else does. */
    private static final String PLANNED = """
            select p.*, i.proc_def_id_ as definition,
                   max(v.text_) filter (where v.name_ = 'previousVersion') as previous,
                   max(v.text_) filter (where v.name_ = 'targetVersion') as target,
                   max(v.text_) filter (where v.name_ = 'window') as opens,
                   max(v.text_) filter (where v.name_ = 'windowEnd') as closes
              from cluster_plan p
              join act_ru_execution i on i.id_ = p.process_instance
              left join act_ru_variable v on v.execution_id_ = i.id_ and v.type_ = 'string'
             where p.operation not in (select operation from cluster_shown)
             group by p.operation, i.proc_def_id_
             order by opens, p.since
            """;

    private static final String TASKS = """
            select t.id_, v.text_ as cluster, coalesce(max(o.text_), '') as operation, t.task_def_key_, t.name_, t.assignee_, t.create_time_, t.due_date_,
                   string_agg(distinct l.group_id_, ',') as groups
              from act_ru_task t
              join act_ru_variable v on v.execution_id_ = t.proc_inst_id_ and v.name_ = 'cluster'
              left join act_ru_variable o on o.task_id_ = t.id_ and o.name_ = 'operation'
              left join act_ru_identitylink l on l.task_id_ = t.id_ and l.type_ = 'candidate'
             group by t.id_, v.text_, t.task_def_key_, t.name_, t.assignee_, t.create_time_, t.due_date_
             order by t.create_time_
            """;
    private static final String PAST = """
            select * from (
                select substring(p.business_key_ from 1 for length(p.business_key_) - 9) as cluster, p.business_key_,
                       d.name_, p.start_user_id_, p.start_time_, p.end_time_, p.end_act_id_, p.delete_reason_,
                       p.proc_def_id_, row_number() over (
                           partition by substring(p.business_key_ from 1 for length(p.business_key_) - 9)
                           order by p.end_time_ desc) as place
                  from act_hi_procinst p
                  join act_re_procdef d on d.id_ = p.proc_def_id_ and d.startable_
                 where p.end_time_ is not null and p.super_process_instance_id_ is null
                   and length(p.business_key_) > 9) as ended
             where place <= 3
             order by end_time_ desc
            """;

    /** By the index that the engine has on it. */
    private static final String LAST_END = "select max(end_time_) as last from act_hi_procinst";

    private volatile Past past;
    private final JdbcTemplate jdbc;
    private final Claims claims;
    private final LastSeen lastSeen;
    private final ProcedurePath path;

    RunningProcedures(JdbcTemplate jdbc, Claims claims, LastSeen lastSeen, ProcedurePath path) {
        this.jdbc = jdbc;
        this.claims = claims;
        this.lastSeen = lastSeen;
        this.path = path;
    }

    /** By cluster. */
    public Map<String, RunningProcedure> now() {
        List<Claims.Shown> held = claims.shown();
        if (held.isEmpty()) {
            return Map.of();
        }
        Map<String, Facts> facts = facts();
        Map<String, List<Phase>> phases = rows(PHASES, RunningProcedures::phase);
        Map<String, List<RunningProcedure.Step>> steps = rows(STEPS, this::step);
        rows(JOBS, this::job).forEach((cluster, jobs) -> steps.merge(cluster, jobs, RunningProcedures::joined));
        Map<String, RunningProcedure> running = new HashMap<>();
        for (Claims.Shown shown : held) {
            Claim claim = shown.claim();
            Facts known = facts.get(claim.cluster());
            // Between two queries a procedure may end, or begin.
            if (known != null) {
                running.put(
                        claim.cluster(),
                        procedure(
                                shown,
                                known,
                                phases.getOrDefault(claim.cluster(), List.of()),
                                steps.getOrDefault(claim.cluster(), List.of())));
            }
        }
        return running;
    }

    /** What else is planned, by cluster, in the order in which the windows open. */
    public Map<String, List<PlannedProcedure>> planned() {
        return rows(PLANNED, this::planned);
    }

    /** All tasks that wait for a person, by cluster. */
    public Map<String, List<OpenTask>> tasks() {
        return rows(TASKS, RunningProcedures::task);
    }

    /** The last procedures of each cluster, the latest first. Read from the history only where another one has ended. */
    public Map<String, List<PastProcedure>> past() {
        Instant end = jdbc.queryForObject(LAST_END, (row, number) -> instant(row, "last"));
        Past known = past;
        if (known == null || !Objects.equals(known.end(), end)) {
            known = new Past(end, rows(PAST, this::ended));
            past = known;
        }
        return known.procedures();
    }

    /** What was read when the last procedure had ended then. */
    private record Past(Instant end, Map<String, List<PastProcedure>> procedures) {}

    private static final class Facts {
        private final Map<String, String> texts = new HashMap<>();
        private String definition;

        /** The procedure itself knows best. */
        private void learn(String name, String text, boolean root) {
            if (text == null) {
                return;
            }
            if (root) {
                texts.put(name, text);
            } else {
                texts.putIfAbsent(name, text);
            }
        }
    }

    private Map<String, Facts> facts() {
        Map<String, Facts> all = new HashMap<>();
        jdbc.query(VARIABLES, row -> {
            Facts facts = all.computeIfAbsent(row.getString("cluster"), cluster -> new Facts());
            if (row.getBoolean("root")) {
                facts.definition = row.getString("definition");
            }
            facts.learn(row.getString("name_"), row.getString("text_"), row.getBoolean("root"));
        });
        all.values().removeIf(facts -> facts.definition == null);
        return all;
    }

    private RunningProcedure procedure(
            Claims.Shown shown, Facts facts, List<Phase> phases, List<RunningProcedure.Step> steps) {
        Phase present =
                phases.stream().filter(phase -> phase.to() == null).findFirst().orElse(null);
        List<Phase> done = phases.stream().filter(phase -> phase.to() != null).toList();
        Phase last = present != null ? present : done.isEmpty() ? null : done.get(done.size() - 1);
        return new RunningProcedure(
                shown.claim(),
                shown.planned(),
                path.nameOf(facts.definition, shown.claim().procedure()),
                facts.texts.get(Variables.PREVIOUS_VERSION),
                facts.texts.get(Variables.TARGET_VERSION),
                moment(facts.texts.get(Variables.WINDOW)),
                moment(facts.texts.get(Variables.WINDOW_END)),
                done,
                present,
                last == null ? List.of() : path.after(facts.definition, last.activity()),
                steps);
    }

    private static Phase phase(ResultSet row) throws SQLException {
        return new Phase(
                row.getString("act_id_"),
                row.getString("act_name_"),
                instant(row, "start_time_"),
                instant(row, "end_time_"),
                row.getInt("act_inst_state_") == CANCELLED);
    }

    private static final int CANCELLED = 2;

    private RunningProcedure.Step step(ResultSet row) throws SQLException {
        String kind = switch (row.getString("act_type_")) {
            case "userTask" -> "task";
            case "receiveTask" -> "wait";
            default -> "work";
        };
        String seen = kind.equals("wait")
                ? lastSeen.of(row.getString("proc_inst_id_")).orElse("")
                : "";
        return new RunningProcedure.Step(
                kind, row.getString("fragment"), row.getString("act_name_"), instant(row, "start_time_"), seen, false);
    }

    /** A step that is about to be done, or failed and is tried again. */
    private RunningProcedure.Step job(ResultSet row) throws SQLException {
        String message = row.getString("exception_msg_");
        return new RunningProcedure.Step(
                "work",
                row.getString("fragment"),
                row.getString("act_id_") == null
                        ? ""
                        : path.nameOf(row.getString("definition"), row.getString("act_id_")),
                instant(row, "create_time_"),
                message == null ? "" : message,
                row.getInt("retries_") == 0);
    }

    private PlannedProcedure planned(ResultSet row) throws SQLException {
        Claim claim = Claims.read(row, 0);
        return new PlannedProcedure(
                claim,
                path.nameOf(row.getString("definition"), claim.procedure()),
                row.getString("previous"),
                row.getString("target"),
                moment(row.getString("opens")),
                moment(row.getString("closes")));
    }

    private static OpenTask task(ResultSet row) throws SQLException {
        String groups = row.getString("groups");
        return new OpenTask(
                row.getString("id_"),
                row.getString("cluster"),
                row.getString("operation"),
                row.getString("task_def_key_"),
                row.getString("name_"),
                row.getString("assignee_"),
                groups == null ? List.of() : List.of(groups.split(",")),
                instant(row, "create_time_"),
                instant(row, "due_date_"));
    }

    private PastProcedure ended(ResultSet row) throws SQLException {
        String end = row.getString("end_act_id_");
        boolean deleted = end == null || row.getString("delete_reason_") != null;
        return new PastProcedure(
                row.getString("cluster"),
                row.getString("business_key_"),
                row.getString("name_"),
                row.getString("start_user_id_"),
                instant(row, "start_time_"),
                instant(row, "end_time_"),
                deleted
                        ? MESSAGES.text("end.byHandReason", row.getString("delete_reason_"))
                        : path.nameOf(row.getString("proc_def_id_"), end));
    }

    /** What a row holds, by its column {@code cluster}. */
    private <T> Map<String, List<T>> rows(String query, RowReader<T> reader) {
        Map<String, List<T>> found = new HashMap<>();
        jdbc.query(query, row -> {
            found.computeIfAbsent(row.getString("cluster"), cluster -> new ArrayList<>())
                    .add(reader.read(row));
        });
        return found;
    }

    /** Reads one row. */
    private interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    private static <T> List<T> joined(List<T> some, List<T> others) {
        List<T> all = new ArrayList<>(some);
        all.addAll(others);
        return all;
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        Timestamp at = row.getTimestamp(column);
        return at == null ? null : at.toInstant();
    }

    private static Instant moment(String text) {
        return text == null || text.isBlank() ? null : Instant.parse(text);
    }
}
