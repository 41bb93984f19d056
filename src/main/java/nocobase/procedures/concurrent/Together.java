package nocobase.procedures.concurrent;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Puts one question to several at the same time and waits for each answer, whatever the others do. Its threads end when
 * nobody asks.
 */
public final class Together {

    private final ThreadPoolExecutor threads;

    private Together(ThreadPoolExecutor threads, String name) {
        CustomizableThreadFactory factory = new CustomizableThreadFactory(name);
        factory.setDaemon(true);
        threads.setThreadFactory(factory);
        threads.allowCoreThreadTimeOut(true);
        this.threads = threads;
    }

    /**
     * @param name prefix of the threads' names
     * @param atOnce questions at the same time; the others wait for their turn
     */
    public static Together bounded(String name, int atOnce) {
        return new Together(
                new ThreadPoolExecutor(atOnce, atOnce, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>()), name);
    }

    /** Where one that hangs must not keep others from being asked, now or the next time. */
    public static Together unbounded(String name) {
        return new Together(
                new ThreadPoolExecutor(0, Integer.MAX_VALUE, 5, TimeUnit.SECONDS, new SynchronousQueue<>()), name);
    }

    /** An answer, or why there is none: one of both is null. */
    public record Answer<T>(T value, RuntimeException fault) {

        private static <A, T> Answer<T> of(Function<A, T> question, A asked) {
            try {
                return new Answer<>(question.apply(asked), null);
            } catch (RuntimeException e) {
                return new Answer<>(null, e);
            }
        }
    }

    /**
     * @return the answers, in the order of those asked
     * @throws RuntimeException the first fault, when all have answered
     */
    public <A, T> List<T> ask(Collection<A> asked, Function<A, T> question) {
        List<Answer<T>> answers = askEach(asked, question);
        answers.stream()
                .map(Answer::fault)
                .filter(fault -> fault != null)
                .findFirst()
                .ifPresent(fault -> {
                    throw fault;
                });
        return answers.stream().map(Answer::value).toList();
    }

    /** @return answers and faults, in the order of those asked */
    public <A, T> List<Answer<T>> askEach(Collection<A> asked, Function<A, T> question) {
        if (asked.size() == 1) {
            return List.of(Answer.of(question, asked.iterator().next()));
        }
        List<CompletableFuture<Answer<T>>> answers = asked.stream()
                .map(one -> CompletableFuture.supplyAsync(() -> Answer.of(question, one), this::run))
                .toList();
        return answers.stream().map(Together::join).toList();
    }

    private void run(Runnable question) {
        threads.execute(LogContext.carried(question));
    }

    private static <T> T join(CompletableFuture<T> answer) {
        try {
            return answer.join();
        } catch (CompletionException e) {
            // Only an error comes here: what a question throws is its answer.
            throw new IllegalStateException(e);
        }
    }

    /** Interrupts what is asked now. */
    public void close() {
        threads.shutdownNow();
    }
}
