package nocobase.procedures.concurrent;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Looks at the world in the background: of each thing one look at a time, and a bounded number in all. A look that lasts
 * longer than {@link #PATIENCE} gives its place to the next one and counts among the hanging; a thing whose last look hung is
 * looked at among the hanging from the beginning. So hosts that do not answer hold up each other and nobody else, however
 * many they are.
 */
public final class Probes implements AutoCloseable {

    /** Every host that is well answers sooner. */
    static final Duration PATIENCE = Duration.ofSeconds(1);

    private final int atOnce;
    private final int hanging;
    private final LongSupplier nanos;
    private final ExecutorService threads;
    private final Map<String, Probe> known = new HashMap<>();
    private final Set<Probe> running = new HashSet<>();
    private final Set<String> hungLast = new HashSet<>();
    private final Queue<Probe> promptly = new ArrayDeque<>();
    private final Queue<Probe> amongTheHanging = new ArrayDeque<>();

    /**
     * @param threads their names' beginning
     * @param atOnce how many looks run at a time that do not hang
     * @param hanging how many may hang beside them; the two together bound the threads
     */
    public Probes(String threads, int atOnce, int hanging) {
        this(threads, atOnce, hanging, System::nanoTime);
    }

    Probes(String threads, int atOnce, int hanging, LongSupplier nanos) {
        this.atOnce = atOnce;
        this.hanging = hanging;
        this.nanos = nanos;
        CustomizableThreadFactory factory = new CustomizableThreadFactory(threads);
        factory.setDaemon(true);
        this.threads = Executors.newCachedThreadPool(factory);
    }

    /**
     * Looks as soon as there is a place, unless a look at the same thing has not ended yet.
     *
     * @return whether this look will be done
     */
    public synchronized boolean look(String thing, Runnable look) {
        boolean ours = !known.containsKey(thing);
        if (ours) {
            Probe probe = new Probe(thing, LogContext.carried(look));
            known.put(thing, probe);
            (hungLast.contains(thing) ? amongTheHanging : promptly).add(probe);
        }
        goOn();
        return ours;
    }

    /** Gives the places of looks that hang to those that wait. To be called now and then. */
    public synchronized void goOn() {
        running.stream().filter(this::overdue).forEach(probe -> hungLast.add(probe.thing));
        while (!amongTheHanging.isEmpty() && count(true) < hanging) {
            start(amongTheHanging.poll());
        }
        // Where all places for the hanging are taken, those beyond keep others': the number stays bounded.
        while (!promptly.isEmpty() && count(false) + Math.max(0, count(true) - hanging) < atOnce) {
            start(promptly.poll());
        }
    }

    /** Forgets which other things hung. */
    public synchronized void retain(Collection<String> things) {
        hungLast.retainAll(things);
    }

    private long count(boolean hung) {
        return running.stream()
                .filter(probe -> hungLast.contains(probe.thing) == hung)
                .count();
    }

    private boolean overdue(Probe probe) {
        return nanos.getAsLong() - probe.began > PATIENCE.toNanos();
    }

    private void start(Probe probe) {
        probe.began = nanos.getAsLong();
        running.add(probe);
        try {
            threads.execute(() -> run(probe));
        } catch (RejectedExecutionException closed) {
            running.remove(probe);
            known.remove(probe.thing);
        }
    }

    private void run(Probe probe) {
        try {
            probe.look.run();
        } finally {
            ended(probe);
        }
    }

    private synchronized void ended(Probe probe) {
        if (overdue(probe)) {
            hungLast.add(probe.thing);
        } else {
            hungLast.remove(probe.thing);
        }
        running.remove(probe);
        known.remove(probe.thing);
        goOn();
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    private static final class Probe {

        private final String thing;
        private final Runnable look;
        private long began;

        Probe(String thing, Runnable look) {
            this.thing = thing;
            this.look = look;
        }
    }
}
