package nocobase.procedures.docker;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import nocobase.procedures.concurrent.LogContext;

/**
 * Work that goes on after the call that launched it, each piece under a key, never twice at once. How it failed is told
 * once, to the next who asks; then it may be launched again. Nothing is remembered over a crash: whoever asks then looks at
 * the world, finds the work undone, and launches it.
 */
final class Background implements AutoCloseable {

    private final Map<String, Work> works = new ConcurrentHashMap<>();
    private final ExecutorService threads;

    Background(String name) {
        AtomicInteger number = new AtomicInteger();
        this.threads = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Launches the work unless it is under way, or its failure has not been told yet. */
    void ensure(String key, Runnable work) {
        Work fresh = new Work();
        if (works.putIfAbsent(key, fresh) == null) {
            threads.execute(LogContext.carried(() -> run(key, fresh, work)));
        }
    }

    boolean underWay(String key) {
        Work work = works.get(key);
        return work != null && work.error == null;
    }

    /** How the work failed. Tells it once. */
    Optional<RuntimeException> takeError(String key) {
        Work work = works.get(key);
        if (work == null || work.error == null || !works.remove(key, work)) {
            return Optional.empty();
        }
        return Optional.of(work.error);
    }

    private void run(String key, Work work, Runnable task) {
        try {
            task.run();
            works.remove(key, work);
        } catch (RuntimeException e) {
            work.error = e;
        } catch (Error e) {
            work.error = new IllegalStateException(e);
            throw e;
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    private static final class Work {
        private volatile RuntimeException error;
    }
}
