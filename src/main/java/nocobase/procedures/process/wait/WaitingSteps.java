package nocobase.procedures.process.wait;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * All waiting executions and what their conditions need, in one query. The engine's own API would need one query for the
 * subscriptions and one for the variables of each. Tables as created by Camunda 7.24 (activiti.postgres.create.engine.sql).
 */
@Component
class WaitingSteps {

    private static final String WAITING = """
            select s.execution_id_ as execution, s.proc_inst_id_ as instance, s.event_name_ as message,
                   s.activity_id_ as activity, i.proc_def_id_ as definition, i.business_key_ as business_key, v.name_ as name, v.text_ as text
              from act_ru_event_subscr s
              join act_ru_execution i on i.id_ = s.proc_inst_id_
              left join act_ru_variable v on v.execution_id_ = s.proc_inst_id_ and v.type_ = 'string'
             where s.event_type_ = 'message' and i.suspension_state_ = 1
             order by s.created_, s.execution_id_
            """;

    private final JdbcTemplate jdbc;

    WaitingSteps(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    List<WaitingStep> find() {
        Map<String, WaitingStep> steps = new LinkedHashMap<>();
        jdbc.query(WAITING, row -> {
            WaitingStep step = steps.get(row.getString("execution"));
            if (step == null) {
                step = new WaitingStep(
                        row.getString("execution"),
                        row.getString("instance"),
                        row.getString("definition"),
                        row.getString("activity"),
                        row.getString("business_key"),
                        row.getString("message"),
                        new HashMap<>());
                steps.put(step.execution(), step);
            }
            if (row.getString("name") != null) {
                step.variables().put(row.getString("name"), row.getString("text"));
            }
        });
        return new ArrayList<>(steps.values());
    }
}
