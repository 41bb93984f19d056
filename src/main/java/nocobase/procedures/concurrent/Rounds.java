package nocobase.procedures.concurrent;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/** Looks after something at a steady pace, in a thread of its own, as long as the application runs. */
public abstract class Rounds implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);

    private final String matter;
    private final Duration pace;
    private final boolean enabled;
    private ScheduledExecutorService thread;

    /** @param matter what is looked for, as the thread and the log call it */
    public Rounds(String matter, Duration pace, boolean enabled) {
        this.matter = matter;
        this.pace = pace;
        this.enabled = enabled;
    }

    /** One round. What it throws is logged, and the next one comes all the same. */
    protected abstract void goRound();

    private void round() {
        try {
            goRound();
        } catch (RuntimeException e) {
            LOG.warn("Looking for {} failed, trying again in {} s: {}", matter, pace.toSeconds(), e.toString());
        }
    }

    @Override
    public void start() {
        if (enabled) {
            thread = Executors.newSingleThreadScheduledExecutor(
                    new CustomizableThreadFactory(matter.replace(' ', '-') + "-"));
            thread.scheduleWithFixedDelay(this::round, pace.toMillis(), pace.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void stop() {
        if (thread != null) {
            thread.shutdownNow();
            thread = null;
        }
    }

    @Override
    public boolean isRunning() {
        return thread != null;
    }
}
