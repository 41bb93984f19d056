package nocobase.procedures.docker;

import com.github.dockerjava.transport.DockerHttpClient;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/**
 * A connection that breaks for good at the n-th call that changes something, as if this process had died there: before the
 * engine heard of the call, or after it has done it.
 */
final class CutConnection implements UnaryOperator<DockerHttpClient> {

    private final AtomicInteger left;
    private final boolean afterwards;

    CutConnection(int call, boolean afterwards) {
        this.left = new AtomicInteger(call);
        this.afterwards = afterwards;
    }

    /** Whether so many calls came that it broke. */
    boolean broke() {
        return left.get() <= 0;
    }

    /** It is whole again. */
    void mend() {
        left.set(Integer.MAX_VALUE);
    }

    @Override
    public DockerHttpClient apply(DockerHttpClient transport) {
        return new DockerHttpClient() {
            @Override
            public Response execute(Request request) {
                if (broke()) {
                    throw new IllegalStateException("cut");
                }
                boolean changes = !request.method().equals(Request.Method.GET.name());
                if (!changes || left.decrementAndGet() > 0) {
                    return transport.execute(request);
                }
                if (afterwards) {
                    transport.execute(request).close();
                }
                throw new IllegalStateException("cut");
            }

            @Override
            public void close() throws IOException {
                transport.close();
            }
        };
    }
}
