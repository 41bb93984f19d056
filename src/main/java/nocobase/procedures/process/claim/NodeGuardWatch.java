package nocobase.procedures.process.claim;

import java.time.Duration;
import java.util.List;
import nocobase.procedures.concurrent.Probes;
import nocobase.procedures.process.claim.NodeLimits.NodeLimit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Lets the guard look at all clusters whose nodes are limited, twice a second. While none is limited it asks every five
 * seconds whether another engine has limited one; a limit that this engine sets wakes it. A host that does not answer holds
 * the look at its own cluster only.
 */
@Component
class NodeGuardWatch implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(NodeGuardWatch.class);
    private static final Duration PACE = Duration.ofMillis(500);
    static final Duration IDLE = Duration.ofSeconds(5);
    private static final int AT_ONCE = 16;
    private static final int HANGING = 48;

    private final NodeGuard guard;
    private final NodeLimits limits;
    private final boolean enabled;
    private Probes probes;
    private Thread thread;

    NodeGuardWatch(NodeGuard guard, NodeLimits limits, @Value("${procedures.watcher.enabled:true}") boolean enabled) {
        this.guard = guard;
        this.limits = limits;
        this.enabled = enabled;
    }

    @Override
    public void start() {
        if (enabled) {
            probes = new Probes("node-guard-", AT_ONCE, HANGING);
            thread = new Thread(this::watch, "node-guard");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void watch() {
        try {
            while (!Thread.interrupted()) {
                Duration pause = look();
                if (pause.equals(IDLE)) {
                    limits.awaitChange(pause);
                } else {
                    // No change makes it look more often than that.
                    Thread.sleep(pause.toMillis());
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** @return how long until the next look */
    private Duration look() {
        try {
            List<NodeLimit> limited = guard.limits();
            limited.forEach(limit -> probes.look(limit.cluster(), () -> guard.look(limit)));
            probes.goOn();
            probes.retain(limited.stream().map(NodeLimit::cluster).toList());
            return limited.isEmpty() ? IDLE : PACE;
        } catch (RuntimeException e) {
            LOG.warn("Looking for limited clusters failed, trying again: {}", e.toString());
            return PACE;
        }
    }

    @Override
    public void stop() {
        if (thread != null) {
            thread.interrupt();
            probes.close();
            thread = null;
        }
    }

    @Override
    public boolean isRunning() {
        return thread != null;
    }
}
