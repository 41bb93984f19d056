package nocobase.procedures.process;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import nocobase.procedures.process.NodeLimits.NodeLimit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.stereotype.Component;

/**
 * Lets the guard look at all clusters whose nodes are limited, twice a second. While none is limited that is one query. A
 * host that does not answer holds the look at its own cluster only.
 */
@Component
class NodeGuardWatch implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(NodeGuardWatch.class);
    private static final Duration PACE = Duration.ofMillis(500);

    private final NodeGuard guard;
    private final boolean enabled;
    private final Set<String> looking = ConcurrentHashMap.newKeySet();
    private ScheduledExecutorService clock;
    private ExecutorService looks;

    NodeGuardWatch(NodeGuard guard, @Value("${procedures.watcher.enabled:true}") boolean enabled) {
        this.guard = guard;
        this.enabled = enabled;
    }

    @Override
    public void start() {
        if (enabled) {
            looks = Executors.newCachedThreadPool(new CustomizableThreadFactory("node-guard-"));
            clock = Executors.newSingleThreadScheduledExecutor(new CustomizableThreadFactory("node-guard"));
            clock.scheduleWithFixedDelay(this::look, 0, PACE.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void look() {
        try {
            guard.limits().stream()
                    .filter(limit -> looking.add(limit.cluster()))
                    .forEach(limit -> looks.execute(() -> look(limit)));
        } catch (RuntimeException e) {
            LOG.warn("Looking for limited clusters failed, trying again: {}", e.toString());
        }
    }

    private void look(NodeLimit limit) {
        try {
            guard.look(limit);
        } finally {
            looking.remove(limit.cluster());
        }
    }

    @Override
    public void stop() {
        if (clock != null) {
            clock.shutdownNow();
            looks.shutdownNow();
            clock = null;
        }
    }

    @Override
    public boolean isRunning() {
        return clock != null;
    }
}
