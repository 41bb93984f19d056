package nocobase.procedures.process.wait;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.stereotype.Component;

/**
 * What is waited for is looked at before the first time limit strikes: limits go on while no engine runs, and what was waited
 * for may have come meanwhile. The job executor starts when the runners have ended.
 */
@Component
class FirstLook implements ApplicationRunner {

    private static final Logger LOG = LoggerFactory.getLogger(FirstLook.class);
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final ConditionWatcher watcher;

    FirstLook(ConditionWatcher watcher) {
        this.watcher = watcher;
    }

    @Override
    public void run(ApplicationArguments arguments) {
        try {
            watcher.awaitFirstLooks(LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.warn("What waits could not be looked at before time limits strike: {}", e.toString());
        }
    }
}
