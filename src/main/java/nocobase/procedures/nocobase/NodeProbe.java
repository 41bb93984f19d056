package nocobase.procedures.nocobase;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.concurrent.BoundedHttp;
import nocobase.procedures.language.Messages;

/** Asks one node over HTTP. Every question is answered within {@link #LIMIT}, whatever the node does. */
final class NodeProbe {

    private static final Messages MESSAGES = Messages.of("nocobase");

    private static final Duration CONNECT = Duration.ofSeconds(1);
    private static final Duration LIMIT = Duration.ofSeconds(3);

    /** NocoBase's own name for the main application, which no sub-application may have. */
    private static final String MAIN = "main";

    private final BoundedHttp http = new BoundedHttp(CONNECT, LIMIT);

    Health health(Node node) {
        return health(node, MAIN);
    }

    /** Of a sub-application of that name; the question starts it where it does not run. */
    Health health(Node node, String application) {
        try {
            HttpResponse<String> answer = get(node, node.paths().health(), application);
            return Health.of(answer.statusCode(), answer.body());
        } catch (IOException failed) {
            return new Health.Unreachable(reason(failed));
        }
    }

    /** The version of the package that the node runs, or empty if it does not tell. */
    Optional<String> version(Node node) {
        return information(node, MAIN).map(Information::version);
    }

    /**
     * What an application tells anybody about itself.
     *
     * @param name of the application that answers
     * @param version of the package that the node runs, or null
     */
    record Information(String name, String version) {}

    /** Of a sub-application, or of whatever answers in its place; empty if nothing does. */
    Optional<Information> information(Node node, String application) {
        try {
            HttpResponse<String> answer = get(node, node.paths().api() + "app:getInfo", application);
            return answer.statusCode() == 200
                    ? Optional.of(Health.JSON.readTree(answer.body()).path("data"))
                            .map(data -> new Information(
                                    data.path("name").asText(),
                                    data.path("version").textValue()))
                    : Optional.empty();
        } catch (JsonProcessingException notJson) {
            return Optional.empty();
        } catch (IOException failed) {
            return Optional.empty();
        }
    }

    /**
     * The enabled plugins as the node lists them to anybody, for which it must read the database; empty if it does not. It
     * leaves out those whose files it does not have.
     */
    Optional<List<String>> plugins(Node node) {
        try {
            HttpResponse<String> answer = get(node, node.paths().api() + "pm:listEnabled", MAIN);
            JsonNode listed = Health.JSON.readTree(answer.body()).path("data");
            if (answer.statusCode() != 200 || !listed.isArray()) {
                return Optional.empty();
            }
            List<String> names = new ArrayList<>();
            listed.forEach(plugin -> names.add(plugin.path("name").asText()));
            return Optional.of(names);
        } catch (IOException failed) {
            return Optional.empty();
        }
    }

    private HttpResponse<String> get(Node node, String path, String application) throws IOException {
        URI address = node.url().resolve(path);
        return application.equals(MAIN) ? http.get(address) : http.get(address, "X-App", application);
    }

    private static String reason(IOException failed) {
        if (failed instanceof HttpConnectTimeoutException) {
            return MESSAGES.text("probe.noConnection", CONNECT.toSeconds());
        }
        if (failed instanceof ConnectException) {
            return MESSAGES.text("probe.refused");
        }
        if (failed instanceof HttpTimeoutException) {
            return MESSAGES.text("probe.slow", LIMIT.toSeconds());
        }
        if (failed instanceof InterruptedIOException) {
            return MESSAGES.text("probe.interrupted");
        }
        return failed.getMessage() == null ? MESSAGES.text("probe.closed") : failed.getMessage();
    }
}
