package nocobase.procedures.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.http.HttpResponse;
import javax.sql.DataSource;
import nocobase.procedures.cluster.ProceduresProperties;
import org.camunda.bpm.engine.ProcessEngineException;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.delegate.ExecutionListener;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestComponent;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.FilterType;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The engine with its doors, on a port of its own, with test processes instead of the real ones. */
@SpringBootTest(
        classes = SecuredEngine.Rooms.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "camunda.bpm.deployment-resource-pattern[0]=classpath:security/*.bpmn",
            "camunda.bpm.deployment-resource-pattern[1]=classpath:security/*.form",
            "camunda.bpm.job-execution.enabled=false",
            "server.address=127.0.0.1"
        })
@Import({SecuredEngine.World.class, SecuredEngine.BehindTheDoors.class})
abstract class SecuredEngine {

    static final String START = """
            {"variables": {"cluster": {"value": "prod"}, "targetVersion": {"value": "2.2.16"}, "reason": {"value": "security fix"}}}""";
    static final String SUBMIT_FORM = "/engine-rest/process-definition/key/guarded-procedure/submit-form";

    @LocalServerPort
    int port;

    @Autowired
    RuntimeService runtime;

    @Autowired
    TaskService tasks;

    Caller nobody() {
        return new Caller(port);
    }

    Caller as(String user) {
        return new Caller(port, user, user);
    }

    /** @return id of the "Judge" task of a procedure that this user started */
    String judgeTask(String starter) {
        HttpResponse<String> started = as(starter).call("POST", SUBMIT_FORM, START);
        assertThat(started.statusCode()).as(started.body()).isEqualTo(200);
        return taskOf(Caller.json(started).path("id").asText());
    }

    /** @return id of the "Approve" task of a procedure that this user started */
    String approveTask(String starter) {
        String judge = judgeTask(starter);
        String instance = instanceOf(judge);
        tasks.complete(judge);
        return taskOf(instance);
    }

    /** Answers as Tasklist sends them: plain values untyped, lists as JSON. */
    static String variables(String answers) {
        try {
            ObjectMapper json = new ObjectMapper();
            ObjectNode variables = json.createObjectNode();
            json.readTree("{" + answers + "}").properties().forEach(answer -> {
                ObjectNode variable = variables.putObject(answer.getKey());
                if (answer.getValue().isContainerNode()) {
                    variable.put("type", "Json").put("value", answer.getValue().toString());
                } else {
                    variable.set("value", answer.getValue());
                }
            });
            return json.createObjectNode()
                    .<ObjectNode>set("variables", variables)
                    .toString();
        } catch (IOException e) {
            throw new AssertionError(answers, e);
        }
    }

    String taskOf(String instance) {
        return tasks.createTaskQuery()
                .processInstanceId(instance)
                .singleResult()
                .getId();
    }

    String instanceOf(String task) {
        return tasks.createTaskQuery().taskId(task).singleResult().getProcessInstanceId();
    }

    /**
     * Only the rooms under test: the listeners of {@code process} expect the real models. A test's component, or the scan of the
     * whole application would find it and bring it, with its world, into every other test.
     */
    @TestComponent
    @SpringBootConfiguration
    @EnableAutoConfiguration
    @EnableConfigurationProperties({SecuritySettings.class, ProceduresProperties.class})
    @ComponentScan(basePackages = "nocobase.procedures.security")
    @ComponentScan(
            basePackages = "nocobase.procedures.web",
            useDefaultFilters = false,
            includeFilters =
                    @ComponentScan.Filter(type = FilterType.REGEX, pattern = ".*\\.(EngineRest|StartPage|ErrorPages)"))
    static class Rooms {}

    /** What stands behind our own doors: who gets there is the matter here, what happens there is the matter of others. */
    @RestController
    static class BehindTheDoors {
        @RequestMapping({
            "/api/status",
            "/api/procedures/{instance}",
            "/api/clusters/prod/{deed}",
            "/api/tasks/4711/take-over",
            "/evidence/{operation}"
        })
        String entered() {
            return "{}";
        }
    }

    /** What the engine needs around it. */
    @TestConfiguration(proxyBeanMethods = false)
    static class World {

        @Bean(destroyMethod = "close")
        EmbeddedPostgres postgres() throws IOException {
            return EmbeddedPostgres.start();
        }

        @Bean
        DataSource dataSource(EmbeddedPostgres postgres) {
            return postgres.getPostgresDatabase();
        }

        /** Refuses like the claim does, in the transaction that starts the procedure. */
        @Bean
        ExecutionListener refusingListener() {
            return execution -> {
                if ("test".equals(execution.getVariable("cluster"))) {
                    throw new ProcessEngineException("The cluster \"test\" is held by olga since 03:12.", 20409);
                }
            };
        }
    }
}
