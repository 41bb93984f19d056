package nocobase.procedures.cluster;

import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/** Asks the nodes of one cluster at the same time, a bounded number of them; its threads end when nobody asks. */
public final class NodesTogether {

    private static final int AT_ONCE = 16;

    private final ThreadPoolExecutor threads;

    public NodesTogether() {
        CustomizableThreadFactory factory = new CustomizableThreadFactory("nodes-");
        factory.setDaemon(true);
        threads = new ThreadPoolExecutor(AT_ONCE, AT_ONCE, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
        threads.allowCoreThreadTimeOut(true);
    }

    /** @return the answers in the nodes' order; a question that throws does so here, when all were asked */
    public <T> List<T> ask(List<Node> nodes, Function<Node, T> question) {
        if (nodes.size() == 1) {
            return List.of(question.apply(nodes.get(0)));
        }
        List<CompletableFuture<T>> asked = nodes.stream()
                .map(node -> CompletableFuture.supplyAsync(() -> question.apply(node), threads))
                .toList();
        return asked.stream().map(NodesTogether::join).toList();
    }

    private static <T> T join(CompletableFuture<T> answer) {
        try {
            return answer.join();
        } catch (CompletionException | CancellationException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }
}
