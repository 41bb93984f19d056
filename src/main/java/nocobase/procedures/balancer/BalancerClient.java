package nocobase.procedures.balancer;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import nocobase.procedures.language.Messages;

/** Asks the balancer as a client does. Every question is answered within {@link #LIMIT}. */
final class BalancerClient {

    private static final Messages MESSAGES = Messages.of("balancer");

    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration LIMIT = Duration.ofSeconds(3);

    private final URI balancer;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    BalancerClient(URI balancer) {
        this.balancer = balancer;
    }

    /** What a client got. Header values are empty where there is no such header. */
    record Answer(int status, HttpHeaders headers, String body) {
        String header(String name) {
            return headers.firstValue(name).orElse("");
        }

        String generation() {
            return header(ServerBlock.ROUTE_HEADER);
        }
    }

    /** @param headers names and values in turn */
    Answer get(String path, String... headers) throws IOException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(balancer.resolve(path)).timeout(LIMIT).GET();
        if (headers.length > 0) {
            request.headers(headers);
        }
        // The request's own time-out ends with the headers; the future's covers the body too.
        CompletableFuture<HttpResponse<String>> answer =
                client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
        try {
            HttpResponse<String> got = answer.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            return new Answer(got.statusCode(), got.headers(), got.body());
        } catch (ExecutionException failed) {
            throw new IOException(reason(failed.getCause()), failed);
        } catch (TimeoutException slow) {
            answer.cancel(true);
            throw new IOException(MESSAGES.text("client.slow", LIMIT.toSeconds()), slow);
        } catch (InterruptedException interrupted) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }

    private static String reason(Throwable failed) {
        if (failed instanceof HttpConnectTimeoutException) {
            return MESSAGES.text("client.noConnection", CONNECT.toSeconds());
        }
        if (failed instanceof ConnectException) {
            return MESSAGES.text("client.refused");
        }
        return failed.getMessage() == null ? failed.getClass().getSimpleName() : failed.getMessage();
    }
}
