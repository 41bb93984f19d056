package nocobase.procedures.rehearsal;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Threads whose work is awaited, and whose failures are thrown, when the pool is closed. */
final class ClosingPool implements AutoCloseable {

    private final ExecutorService threads;
    private final List<Future<?>> work = new ArrayList<>();

    ClosingPool(int size) {
        threads = Executors.newFixedThreadPool(size);
    }

    void submit(Callable<?> call) {
        work.add(threads.submit(call));
    }

    @Override
    public void close() throws Exception {
        try {
            for (Future<?> one : work) {
                one.get(30, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
