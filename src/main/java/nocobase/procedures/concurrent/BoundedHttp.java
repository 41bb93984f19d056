package nocobase.procedures.concurrent;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks over HTTP/1.1 and follows no redirect. An answer comes within the limit, its body too, whatever the other side does. */
public final class BoundedHttp {

    private final Duration limit;
    private final HttpClient client;

    /**
     * @param connect how long a connection may take
     * @param limit how long all of it may take
     */
    public BoundedHttp(Duration connect, Duration limit) {
        this.limit = limit;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(connect)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /**
     * @param headers names and values in turn
     * @throws java.net.http.HttpConnectTimeoutException if no connection is made in time
     * @throws java.net.ConnectException if the connection is refused
     * @throws HttpTimeoutException if the answer is not complete in time
     * @throws InterruptedIOException if the asking thread is interrupted
     * @throws IOException if the connection breaks
     */
    public HttpResponse<String> get(URI address, String... headers) throws IOException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(address).timeout(limit).GET();
        if (headers.length > 0) {
            request.headers(headers);
        }
        // The request's own time-out ends with the headers; the future's covers the body too.
        CompletableFuture<HttpResponse<String>> answer =
                client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
        try {
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof IOException cause ? cause : new IOException(failed.getCause());
        } catch (TimeoutException slow) {
            answer.cancel(true);
            throw new HttpTimeoutException("no complete answer within " + limit);
        } catch (InterruptedException interrupted) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }
}
