package nocobase.procedures.docker;

import com.github.dockerjava.transport.DockerHttpClient;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import nocobase.procedures.cluster.Texts;
import nocobase.procedures.language.Messages;
import org.apache.commons.lang3.exception.ExceptionUtils;

/** A transport whose errors say which engine failed, in what call, and how. */
final class ClearErrors implements DockerHttpClient {

    private static final Messages MESSAGES = Messages.of("docker");

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
        Response response = answered(request);
        if (response.getStatusCode() < 500) {
            return response;
        }
        throw failure(request, response);
    }

    private Response answered(Request request) {
        try {
            return transport.execute(request);
        } catch (RuntimeException e) {
            throw new EngineFault(text(request, e), e);
        }
    }

    private RuntimeException failure(Request request, Response response) {
        int status = response.getStatusCode();
        try (response) {
            String answer = DockerEngine.text(response);
            return new EngineFailure(
                    MESSAGES.text(
                            "engine.failed",
                            host,
                            DockerEngine.callOf(request),
                            status,
                            Texts.shown(DockerEngine.reason(answer))),
                    status,
                    answer);
        } catch (IOException e) {
            return new EngineFault(MESSAGES.text("engine.failedCutOff", host, DockerEngine.callOf(request), status), e);
        }
    }

    private String text(Request request, RuntimeException e) {
        String call = DockerEngine.callOf(request);
        boolean late = ExceptionUtils.indexOfType(e, SocketTimeoutException.class) >= 0;
        return late
                ? MESSAGES.text("engine.timeout", host, timeout.toMillis() / 1000.0, call)
                : MESSAGES.text("engine.unreachable", host, call, ExceptionUtils.getRootCauseMessage(e));
    }

    @Override
    public void close() throws IOException {
        transport.close();
    }
}
