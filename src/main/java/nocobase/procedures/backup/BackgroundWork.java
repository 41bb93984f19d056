package nocobase.procedures.backup;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Progress;

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
            Thread thread = new Thread(() -> run(begun, work), name);
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
            if (e.getCause() instanceof CannotProceedException decision) {
                return Progress.failed(decision.failure());
            }
            if (e.getCause() instanceof RuntimeException technical) {
                throw technical;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
