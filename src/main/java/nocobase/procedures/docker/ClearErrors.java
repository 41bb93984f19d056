package nocobase.procedures.docker;

import com.github.dockerjava.transport.DockerHttpClient;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.apache.commons.lang3.exception.ExceptionUtils;

/** A transport whose errors say which engine failed, in what call, and how. */
final class ClearErrors implements DockerHttpClient {

    private final DockerHttpClient transport;
    private final String host;
    private final Duration timeout;

    ClearErrors(DockerHttpClient transport, String host, Duration timeout) {
        this.transport = transport;
        this.host = host;
        this.timeout = timeout;
    }

    @Override
    public Response execute(Request request) {
        try {
            return transport.execute(request);
        } catch (RuntimeException e) {
            throw new EngineFault(text(request, e), e);
        }
    }

    private String text(Request request, RuntimeException e) {
        String call = Engine.callOf(request);
        boolean late = ExceptionUtils.indexOfType(e, SocketTimeoutException.class) >= 0;
        return late
                ? "The Docker engine at " + host + " did not answer within " + timeout.toMillis() / 1000.0 + " s ("
                        + call + ")."
                : "The Docker engine at " + host + " cannot be reached (" + call + "): "
                        + ExceptionUtils.getRootCauseMessage(e);
    }

    @Override
    public void close() throws IOException {
        transport.close();
    }
}
