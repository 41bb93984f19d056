package nocobase.procedures;

import jakarta.servlet.ServletContextEvent;
import org.camunda.bpm.admin.impl.web.bootstrap.AdminContainerBootstrap;
import org.camunda.bpm.cockpit.impl.web.bootstrap.CockpitContainerBootstrap;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.ProcessEngines;
import org.camunda.bpm.tasklist.impl.web.bootstrap.TasklistContainerBootstrap;
import org.camunda.bpm.welcome.impl.web.bootstrap.WelcomeContainerBootstrap;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestExecutionListener;

/**
 * Camunda keeps the engine that REST and its web applications speak for, and these applications themselves, once for the
 * whole JVM: a context that is closed takes them with it, whichever context a test is about. Each test sets them anew.
 */
public class EngineOfThisTest implements TestExecutionListener {

    @Override
    public void beforeTestMethod(TestContext test) {
        if (test.getApplicationContext() instanceof ServletWebServerApplicationContext here) {
            ProcessEngines.registerProcessEngine(here.getBean(ProcessEngine.class));
            ServletContextEvent started = new ServletContextEvent(here.getServletContext());
            new CockpitContainerBootstrap().contextInitialized(started);
            new AdminContainerBootstrap().contextInitialized(started);
            new TasklistContainerBootstrap().contextInitialized(started);
            new WelcomeContainerBootstrap().contextInitialized(started);
        }
    }
}
