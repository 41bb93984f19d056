package nocobase.procedures.security;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;

/** Somebody with an HTTP client. */
final class Caller {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private final String origin;
    private final String user;
    private final String password;

    /** Somebody who is not known. */
    Caller(int port) {
        this(port, null, null);
    }

    Caller(int port, String user, String password) {
        this.origin = "http://127.0.0.1:" + port;
        this.user = user;
        this.password = password;
    }

    HttpResponse<String> call(String method, String path, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(origin + path))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (body != null) {
            request.header(
                    "Content-Type",
                    body.startsWith("--")
                            ? "multipart/form-data; boundary=" + body.substring(2, 6)
                            : "application/json");
        }
        if (user != null) {
            String pair = Base64.getEncoder().encodeToString((user + ":" + password).getBytes());
            request.header("Authorization", "Basic " + pair);
        }
        return send(request.build());
    }

    int status(String method, String path, String body) {
        return call(method, path, body).statusCode();
    }

    /** The refusal's text. */
    String refused(int status, String method, String path, String body) {
        HttpResponse<String> answer = call(method, path, body);
        if (answer.statusCode() != status) {
            throw new AssertionError(method + " " + path + " answered " + answer.statusCode() + " instead of " + status
                    + ": " + answer.body());
        }
        return json(answer).path("message").asText();
    }

    JsonNode get(String path) {
        return json(call("GET", path, null));
    }

    static JsonNode json(HttpResponse<String> answer) {
        try {
            return JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new AssertionError("Not JSON: " + answer.body(), e);
        }
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return CLIENT.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
