package nocobase.procedures;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Somebody who works with NocoBase through its own interface, signed in as its first administrator. */
final class NocoBaseUser {

    private static final ObjectMapper JSON = new ObjectMapper();
    // Not HTTP/2: its upgrade header makes NocoBase's gateway, which expects WebSockets only, close the connection.
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final String token;

    private NocoBaseUser(String token) {
        this.token = token;
    }

    static NocoBaseUser signIn(URI nocobase) {
        JsonNode answer = new NocoBaseUser(null)
                .post(nocobase, "auth:signIn", "{\"account\": \"admin@nocobase.com\", \"password\": \"admin123\"}");
        return new NocoBaseUser(answer.at("/data/token").asText());
    }

    /** What somebody who is not signed in gets: 401 from a plugin's own route, 404 where that plugin is not loaded. */
    static int status(URI nocobase, String action) {
        return answer(new NocoBaseUser(null).request(nocobase, action).GET()).statusCode();
    }

    JsonNode post(URI nocobase, String action, String body) {
        return send(request(nocobase, action).POST(BodyPublishers.ofString(body)));
    }

    JsonNode get(URI nocobase, String action) {
        return send(request(nocobase, action).GET());
    }

    private HttpRequest.Builder request(URI nocobase, String action) {
        HttpRequest.Builder request = HttpRequest.newBuilder(nocobase.resolve("/api/" + action))
                .timeout(Duration.ofSeconds(60))
                .header("Content-Type", "application/json")
                .header("X-Authenticator", "basic");
        return token == null ? request : request.header("Authorization", "Bearer " + token);
    }

    private static JsonNode send(HttpRequest.Builder request) {
        HttpResponse<String> answer = answer(request);
        if (answer.statusCode() != 200) {
            throw new AssertionError(
                    answer.request().uri() + " answered " + answer.statusCode() + ": " + answer.body());
        }
        try {
            return JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new AssertionError(answer.body(), e);
        }
    }

    private static HttpResponse<String> answer(HttpRequest.Builder request) {
        try {
            return HTTP.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
