package nocobase.procedures.concurrent;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work that goes on after the call that launched it, each piece under a key, never twice at once. How it ended is told once,
 * to the next who asks; then it may be launched again. Nothing is remembered over a crash: whoever asks then looks at the
 * world, and the work finds its own half-done state again.
 *
 * @param <T> what a piece of work yields
 */
public final class BackgroundWork<T> implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BackgroundWork.class);

    private final Map<String, Piece<T>> pieces = new HashMap<>();
    private final ExecutorService threads;
    private final String name;

    /** A piece of work; what it is doing, in words for people, it tells through the consumer. */
    @FunctionalInterface
    public interface Work<T> {
        T run(Consumer<String> telling) throws Exception;
    }

    /** Where a piece of work stands. */
    public sealed interface Standing<T> {

        /** @param text what it told last; empty if it has told nothing yet */
        record UnderWay<T>(String text) implements Standing<T> {}

        record Done<T>(T result) implements Standing<T> {}

        /** @param why what it threw, if that is no runtime exception then as the cause of one */
        record Failed<T>(RuntimeException why) implements Standing<T> {}
    }

    /** @param name of whom the threads are; each is called after its work too */
    public BackgroundWork(String name) {
        this.name = name;
        this.threads = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Tells how the work ended, and forgets it; or begins it, unless it is under way. */
    public synchronized Standing<T> ensure(String key, Work<T> work) {
        Piece<T> present = pieces.get(key);
        if (present == null) {
            return begin(key, work, true).standing;
        }
        return told(key, present);
    }

    /** Begins the work, or joins what is under way, and waits that long for its end. An end that nobody asked for is forgotten. */
    public Standing<T> within(Duration limit, String key, Work<T> work) {
        Piece<T> joined = joined(key, work);
        try {
            joined.ended.await(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return told(key, joined);
    }

    private synchronized Piece<T> joined(String key, Work<T> work) {
        Piece<T> present = pieces.get(key);
        return present != null && present.underWay() ? present : begin(key, work, true);
    }

    /**
     * Begins the work, unless it is under way or its failure has not been told yet. For work whose success the world tells: it
     * is forgotten at once.
     */
    public synchronized void launch(String key, Runnable work) {
        if (!pieces.containsKey(key)) {
            begin(
                    key,
                    telling -> {
                        work.run();
                        return null;
                    },
                    false);
        }
    }

    /** Whether the work has begun and not ended. */
    public synchronized boolean underWay(String key) {
        Piece<T> present = pieces.get(key);
        return present != null && present.underWay();
    }

    /** How the work failed. Tells it once. */
    public synchronized Optional<RuntimeException> takeFailure(String key) {
        Piece<T> present = pieces.get(key);
        if (present != null && present.standing instanceof Standing.Failed<T> failed) {
            pieces.remove(key);
            return Optional.of(failed.why());
        }
        return Optional.empty();
    }

    /** Work for which there is no thread has not begun. */
    private Piece<T> begin(String key, Work<T> work, boolean kept) {
        Piece<T> begun = new Piece<>();
        threads.execute(LogContext.carried(() -> run(key, begun, work, kept)));
        pieces.put(key, begun);
        return begun;
    }

    private void run(String key, Piece<T> piece, Work<T> work, boolean kept) {
        Thread thread = Thread.currentThread();
        thread.setName(name + ": " + key);
        Standing<T> end = end(key, piece, work);
        synchronized (this) {
            piece.standing = end;
            if (!kept && end instanceof Standing.Done<T>) {
                pieces.remove(key, piece);
            }
        }
        thread.setName(name);
        piece.ended.countDown();
    }

    private Standing<T> end(String key, Piece<T> piece, Work<T> work) {
        try {
            return new Standing.Done<>(work.run(text -> piece.standing = new Standing.UnderWay<>(text)));
        } catch (RuntimeException e) {
            return new Standing.Failed<>(e);
        } catch (Throwable e) {
            // An error may leave nobody who asks.
            LOG.error("{} ended with an error", key, e);
            return new Standing.Failed<>(new IllegalStateException(e));
        }
    }

    private synchronized Standing<T> told(String key, Piece<T> piece) {
        if (!piece.underWay()) {
            pieces.remove(key, piece);
        }
        return piece.standing;
    }

    /** Interrupts what is under way; nothing begins any more. */
    @Override
    public void close() {
        threads.shutdownNow();
    }

    private static final class Piece<T> {
        private final CountDownLatch ended = new CountDownLatch(1);
        private volatile Standing<T> standing = new Standing.UnderWay<>("");

        private boolean underWay() {
            return standing instanceof Standing.UnderWay<T>;
        }
    }
}
