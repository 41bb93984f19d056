package nocobase.procedures.process.wait;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import nocobase.procedures.concurrent.Probes;
import nocobase.procedures.concurrent.Signal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Looks at all waiting receive tasks and sends them on when what they wait for has come. It has no memory that matters: the
 * wait states are the engine's, the world is outside, so a restart or a second engine instance changes nothing.
 */
@Component
public class ConditionWatcher implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(ConditionWatcher.class);
    private static final Duration BUSY = Duration.ofMillis(250);
    private static final Duration IDLE = Duration.ofSeconds(2);
    private static final Duration FIRST_LOOKS = Duration.ofMillis(50);
    private static final int AT_ONCE = 16;
    private static final int HANGING = 48;
    /** So many times as long as it looked the watcher rests. */
    private static final int RESTS = 9;

    private final WaitingSteps waitingSteps;
    private final ConditionProbe probe;
    private final LastSeen lastSeen;
    private final Signal signal;
    private final boolean enabled;
    private final Map<String, Long> notBefore = new ConcurrentHashMap<>();
    private volatile boolean running;
    private Probes probes;
    private Thread thread;

    ConditionWatcher(
            WaitingSteps waitingSteps,
            ConditionProbe probe,
            LastSeen lastSeen,
            Signal signal,
            @Value("${procedures.watcher.enabled:true}") boolean enabled) {
        this.waitingSteps = waitingSteps;
        this.probe = probe;
        this.lastSeen = lastSeen;
        this.signal = signal;
        this.enabled = enabled;
    }

    @Override
    public void start() {
        if (!enabled) {
            return;
        }
        running = true;
        probes = new Probes("condition-probe-", AT_ONCE, HANGING);
        thread = new Thread(this::watch, "condition-watcher");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void stop() {
        running = false;
        if (thread != null) {
            thread.interrupt();
            probes.close();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void watch() {
        while (running) {
            long begun = System.nanoTime();
            Duration pause = IDLE;
            try {
                pause = lookAround();
            } catch (RuntimeException e) {
                LOG.warn("Looking for waiting steps failed, trying again in {} s: {}", IDLE.toSeconds(), e.toString());
            }
            try {
                // However much waits, and however often it is rung: looking takes a tenth of a core at most.
                Duration rest = Duration.ofNanos(System.nanoTime() - begun).multipliedBy(RESTS);
                Thread.sleep(min(rest, BUSY).toMillis());
                signal.await(pause.minus(min(rest, pause)));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Waits until all that waits was looked at since the start, or at most so long: some host may hang. */
    void awaitFirstLooks(Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (running && System.nanoTime() < end && unseen()) {
            Thread.sleep(FIRST_LOOKS.toMillis());
        }
    }

    private boolean unseen() {
        return ours().stream()
                .anyMatch(step -> lastSeen.of(step.processInstance()).isEmpty());
    }

    /** @return how long nothing needs to be looked at, unless something begins to wait */
    private Duration lookAround() {
        List<WaitingStep> waiting = ours();
        Set<String> executions = waiting.stream().map(WaitingStep::execution).collect(Collectors.toSet());
        notBefore.keySet().retainAll(executions);
        lastSeen.retain(waiting.stream().map(WaitingStep::processInstance).collect(Collectors.toSet()));
        probe.retain(executions);
        probes.retain(executions);
        waiting.stream().filter(this::due).forEach(this::submit);
        probes.goOn();
        long now = System.nanoTime();
        return waiting.stream()
                // A look that lasts longer than its interval rings when it ends.
                .filter(step -> !due(step))
                .map(step -> Duration.ofNanos(notBefore.get(step.execution()) - now))
                .reduce(waiting.isEmpty() ? IDLE : BUSY, ConditionWatcher::min);
    }

    private static Duration min(Duration one, Duration other) {
        Duration less = one.compareTo(other) < 0 ? one : other;
        return less.isNegative() ? Duration.ZERO : less;
    }

    private List<WaitingStep> ours() {
        return waitingSteps.find().stream()
                .filter(step -> probe.condition(step.message()) != null)
                .toList();
    }

    private boolean due(WaitingStep step) {
        Long next = notBefore.get(step.execution());
        return next == null || next - System.nanoTime() <= 0;
    }

    private void submit(WaitingStep step) {
        // One slow or dead host holds one probe of its own step, never a second one.
        if (probes.look(step.execution(), () -> look(step))) {
            notBefore.put(
                    step.execution(),
                    System.nanoTime()
                            + probe.condition(step.message()).interval().toNanos());
        }
    }

    private void look(WaitingStep step) {
        try {
            probe.look(step);
        } finally {
            if (due(step)) {
                signal.ring();
            }
        }
    }
}
