package nocobase.procedures;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/** Somebody who works with the engine through its REST interface. */
public final class Person {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final DateTimeFormatter MOMENT = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSZ");
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final String name;
    private final String password;
    private final URI engine;

    public Person(URI engine, String name, String password) {
        this.engine = engine;
        this.name = name;
        this.password = password;
    }

    public String name() {
        return name;
    }

    /** A task as its list shows it. */
    public record Task(String id, String key, String name, Instant created) {}

    /** @return the started instance: {@code id}, {@code businessKey} */
    public JsonNode start(String procedure, Map<String, Object> answers) {
        return json(expect(200, "POST", "/process-definition/key/" + procedure + "/submit-form", variables(answers)));
    }

    /** An account in one group, as an administrator makes it in Camunda Admin. */
    public void createUser(String user, String itsPassword, String group) {
        ObjectNode account = JSON.createObjectNode();
        account.putObject("profile").put("id", user).put("firstName", user).put("lastName", user);
        account.putObject("credentials").put("password", itsPassword);
        expect(204, "POST", "/user/create", account);
        expect(204, "PUT", "/group/" + group + "/members/" + user, null);
    }

    /** The open tasks of an operation that this person may see. */
    public List<Task> tasks(String operation) {
        return tasksFound("/task?processInstanceBusinessKey=" + operation);
    }

    /** All open tasks that this person may see. */
    public List<Task> tasks() {
        return tasksFound("/task");
    }

    private List<Task> tasksFound(String question) {
        JsonNode found = json(expect(200, "GET", question, null));
        return StreamSupport.stream(found.spliterator(), false)
                .map(task -> new Task(
                        task.path("id").asText(),
                        task.path("taskDefinitionKey").asText().replace("userTask_", ""),
                        task.path("name").asText(),
                        OffsetDateTime.parse(task.path("created").asText(), MOMENT)
                                .toInstant()))
                .toList();
    }

    /** What the task's form shows, by name. */
    public JsonNode shown(Task task) {
        return json(expect(200, "GET", "/task/" + task.id() + "/form-variables?deserializeValues=false", null));
    }

    /** The warnings that a plan's form offers to accept. */
    public List<String> warnings(Task task) {
        String options = shown(task).path("warningOptions").path("value").asText();
        try {
            return JSON.readTree(options).findValuesAsText("value");
        } catch (IOException e) {
            throw new AssertionError(options, e);
        }
    }

    void claim(Task task) {
        expect(
                204,
                "POST",
                "/task/" + task.id() + "/claim",
                JSON.createObjectNode().put("userId", name));
    }

    public void complete(Task task, Map<String, Object> answers) {
        claim(task);
        expect(204, "POST", "/task/" + task.id() + "/submit-form", variables(answers));
    }

    /** @return why claiming the task was refused, and completing it too */
    List<String> refused(Task task, Map<String, Object> answers) {
        HttpResponse<String> claimed = expect(
                403,
                "POST",
                "/task/" + task.id() + "/claim",
                JSON.createObjectNode().put("userId", name));
        HttpResponse<String> completed = expect(403, "POST", "/task/" + task.id() + "/submit-form", variables(answers));
        return List.of(
                json(claimed).path("message").asText(),
                json(completed).path("message").asText());
    }

    /** @return the status of an attempt to claim the task and, if that succeeds, to complete it */
    public int attempt(Task task, Map<String, Object> answers) {
        int claimed = call(
                        "POST",
                        "/task/" + task.id() + "/claim",
                        JSON.createObjectNode().put("userId", name))
                .statusCode();
        return claimed == 204
                ? call("POST", "/task/" + task.id() + "/submit-form", variables(answers))
                        .statusCode()
                : claimed;
    }

    public void delete(String path) {
        expect(204, "DELETE", path, null);
    }

    /** A page beside the engine's REST interface, as it is. */
    String page(String path) {
        String pair = Base64.getEncoder().encodeToString((name + ":" + password).getBytes(StandardCharsets.UTF_8));
        try {
            HttpResponse<String> answer = HTTP.send(
                    HttpRequest.newBuilder(engine.resolve(path))
                            .header("Authorization", "Basic " + pair)
                            .build(),
                    BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new AssertionError(name + ": " + path + " answered " + answer.statusCode());
            }
            return answer.body();
        } catch (IOException e) {
            throw new AssertionError(name + ": " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    public JsonNode get(String path) {
        return json(expect(200, "GET", path, null));
    }

    private HttpResponse<String> expect(int status, String method, String path, JsonNode body) {
        HttpResponse<String> answer = call(method, path, body);
        if (answer.statusCode() != status) {
            throw new AssertionError(
                    name + ": " + method + " " + path + " answered " + answer.statusCode() + ": " + answer.body());
        }
        return answer;
    }

    private HttpResponse<String> call(String method, String path, JsonNode body) {
        String pair = Base64.getEncoder().encodeToString((name + ":" + password).getBytes(StandardCharsets.UTF_8));
        HttpRequest request = HttpRequest.newBuilder(URI.create(engine + "/engine-rest" + path))
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", "Basic " + pair)
                .header("Content-Type", "application/json")
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.toString()))
                .build();
        try {
            return HTTP.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(name + ": " + method + " " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static ObjectNode variables(Map<String, Object> values) {
        ObjectNode body = JSON.createObjectNode();
        ObjectNode variables = body.putObject("variables");
        values.forEach((key, value) -> put(variables.putObject(key), value));
        return body;
    }

    /** Lists travel as JSON text. */
    private static void put(ObjectNode variable, Object value) {
        if (value instanceof List<?> list) {
            variable.put("type", "Json").put("value", JSON.valueToTree(list).toString());
        } else {
            variable.putPOJO("value", value);
        }
    }

    private static JsonNode json(HttpResponse<String> answer) {
        try {
            return JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new AssertionError("Not JSON: " + answer.body(), e);
        }
    }
}
