package nocobase.procedures.security;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import javax.sql.DataSource;
import nocobase.procedures.Application;
import org.camunda.bpm.engine.ProcessEngineException;
import org.camunda.bpm.engine.delegate.ExecutionListener;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/** The engine with its doors, on a port of its own, with test processes instead of the real ones. */
@SpringBootTest(
        classes = Application.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "camunda.bpm.deployment-resource-pattern[0]=classpath:security/*.bpmn",
            "camunda.bpm.deployment-resource-pattern[1]=classpath:security/*.form",
            "camunda.bpm.job-execution.enabled=false",
            "server.address=127.0.0.1"
        })
@Import(SecuredEngine.World.class)
abstract class SecuredEngine {

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
