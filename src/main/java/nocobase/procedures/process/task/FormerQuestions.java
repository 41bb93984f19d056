package nocobase.procedures.process.task;

import java.util.List;
import nocobase.procedures.security.Forms;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.interceptor.CommandExecutor;
import org.camunda.bpm.engine.variable.VariableMap;
import org.camunda.bpm.engine.variable.type.ValueType;
import org.camunda.bpm.engine.variable.value.TypedValue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Gives a type, at every start, to the questions of open tasks that a former version made without one: Tasklist sends an
 * answer back in the type that it got, and into none nothing fits.
 */
@Component
public class FormerQuestions implements ApplicationRunner {

    private static final Logger LOG = LoggerFactory.getLogger(FormerQuestions.class);

    private static final String UNTYPED = """
            select distinct t.id_
              from act_ru_task t
              join act_ru_variable v on v.proc_inst_id_ = t.proc_inst_id_ and v.type_ = 'null'
            """;

    private final JdbcTemplate jdbc;
    private final TaskService tasks;
    private final CommandExecutor executor;

    FormerQuestions(JdbcTemplate jdbc, ProcessEngine engine) {
        this.jdbc = jdbc;
        this.tasks = engine.getTaskService();
        this.executor = ((ProcessEngineConfigurationImpl) engine.getProcessEngineConfiguration())
                .getCommandExecutorTxRequired();
    }

    @Override
    public void run(ApplicationArguments arguments) {
        for (String task : jdbc.queryForList(UNTYPED, String.class)) {
            try {
                executor.execute(engine -> type(task));
            } catch (RuntimeException e) {
                // Another engine has just done it, or the task has just been answered.
                LOG.info("The questions of task {} keep their types: {}", task, e.toString());
            }
        }
    }

    private Void type(String task) {
        VariableMap typed = Forms.unanswered(task);
        List<String> untyped = typed.keySet().stream()
                .filter(question -> isUntyped(task, question))
                .toList();
        untyped.forEach(question -> tasks.setVariable(task, question, typed.getValueTyped(question)));
        return null;
    }

    private boolean isUntyped(String task, String question) {
        TypedValue known = tasks.getVariableTyped(task, question, false);
        return known != null && known.getType() == ValueType.NULL;
    }
}
