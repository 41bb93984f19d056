package nocobase.procedures;

import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Closes all Spring contexts of the tests, and with them their database servers, when the last test has ended. Left to the
 * shutdown of the JVM it sometimes takes longer than the 30 seconds that Surefire waits for an exit.
 */
public class ContextsClosedAtTheEnd
        implements TestExecutionListener, ApplicationContextInitializer<ConfigurableApplicationContext> {

    private static final Deque<ConfigurableApplicationContext> CONTEXTS = new ConcurrentLinkedDeque<>();

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        CONTEXTS.push(context);
    }

    @Override
    public void testPlanExecutionFinished(TestPlan plan) {
        while (!CONTEXTS.isEmpty()) {
            CONTEXTS.pop().close();
        }
    }
}
