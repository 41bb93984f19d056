package nocobase.procedures.balancer;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import nocobase.procedures.concurrent.BoundedHttp;
import nocobase.procedures.language.Messages;

/** Asks the balancer as a client does. Every question is answered within {@link #LIMIT}. */
final class BalancerClient {

    private static final Messages MESSAGES = Messages.of("balancer");

    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration LIMIT = Duration.ofSeconds(3);

    private final URI balancer;
    private final BoundedHttp http = new BoundedHttp(CONNECT, LIMIT);

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
        try {
            HttpResponse<String> got = http.get(balancer.resolve(path), headers);
            return new Answer(got.statusCode(), got.headers(), got.body());
        } catch (IOException failed) {
            throw new IOException(reason(failed), failed);
        }
    }

    private static String reason(IOException failed) {
        if (failed instanceof HttpConnectTimeoutException) {
            return MESSAGES.text("client.noConnection", CONNECT.toSeconds());
        }
        if (failed instanceof ConnectException) {
            return MESSAGES.text("client.refused");
        }
        if (failed instanceof HttpTimeoutException) {
            return MESSAGES.text("client.slow", LIMIT.toSeconds());
        }
        return failed.getMessage() == null ? failed.getClass().getSimpleName() : failed.getMessage();
    }
}
