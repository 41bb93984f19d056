package nocobase.procedures.backup;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import nocobase.procedures.cluster.FailureException;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.concurrent.LogContext;

/**
 * Work that takes longer than a delegate may: it goes on in a daemon thread, and repeated calls report where it stands. The
 * work itself must find its own half-done state again, for the thread dies with the engine. A result is reported once; a
 * call after that begins anew (the retry that a person decided on).
 */
final class BackgroundWork<T> {

    private final Map<String, Running<T>> running = new HashMap<>();

    /** The work; it tells what it is doing through the consumer. */
    interface Work<T> {
        T run(Consumer<String> progress) throws Exception;
    }

    private static final class Running<T> {
        private final CompletableFuture<T> result = new CompletableFuture<>();
        private volatile String text = "Beginning";
    }

    synchronized Progress<T> ensure(String name, Work<T> work) {
        Running<T> present = running.get(name);
        if (present == null) {
            Running<T> begun = new Running<>();
            running.put(name, begun);
            Thread thread = new Thread(LogContext.carried(() -> run(begun, work)), name);
            thread.setDaemon(true);
            thread.start();
            return Progress.pending(begun.text);
        }
        if (!present.result.isDone()) {
            return Progress.pending(present.text);
        }
        running.remove(name);
        return outcome(present);
    }

    /** Begins the work, or joins what is under way, and waits that long for its end. An unread result is forgotten. */
    Progress<T> within(Duration limit, String name, Work<T> work) {
        Running<T> joined;
        synchronized (this) {
            Running<T> present = running.get(name);
            if (present != null && present.result.isDone()) {
                running.remove(name);
            }
            ensure(name, work);
            joined = running.get(name);
        }
        try {
            joined.result.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return Progress.pending(joined.text);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Progress.pending(joined.text);
        } catch (ExecutionException e) {
            return outcome(joined);
        }
        return outcome(joined);
    }

    /** Whether the work of that name has begun and not ended. */
    synchronized boolean underWay(String name) {
        Running<T> present = running.get(name);
        return present != null && !present.result.isDone();
    }

    private void run(Running<T> begun, Work<T> work) {
        try {
            begun.result.complete(work.run(text -> begun.text = text));
        } catch (Throwable e) {
            begun.result.completeExceptionally(e);
        }
    }

    private Progress<T> outcome(Running<T> ended) {
        try {
            return Progress.done(ended.result.join());
        } catch (CompletionException e) {
            if (e.getCause() instanceof FailureException decision) {
                return Progress.failed(decision.failure());
            }
            if (e.getCause() instanceof RuntimeException technical) {
                throw technical;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
