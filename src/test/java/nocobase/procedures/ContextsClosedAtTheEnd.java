package nocobase.procedures;

import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Closes all Spring contexts of the tests, and with them their database servers, when the JVM's last test has ended. Left to
 * the shutdown of the JVM it sometimes takes longer than the 30 seconds that Surefire waits for an exit. Not at the end of a
 * test plan: where several JVMs share the classes, each class is a plan of its own, and the next one wants the same context.
 */
public class ContextsClosedAtTheEnd
        implements LauncherSessionListener, ApplicationContextInitializer<ConfigurableApplicationContext> {

    private static final Deque<ConfigurableApplicationContext> CONTEXTS = new ConcurrentLinkedDeque<>();

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        CONTEXTS.push(context);
    }

    @Override
    public void launcherSessionClosed(LauncherSession session) {
        while (!CONTEXTS.isEmpty()) {
            CONTEXTS.pop().close();
        }
    }
}
