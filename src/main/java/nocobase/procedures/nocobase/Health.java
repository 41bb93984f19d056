package nocobase.procedures.nocobase;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Set;
import nocobase.procedures.cluster.Texts;
import nocobase.procedures.language.Messages;

/**
 * What an answer of {@code GET /api/__health_check} means. Observed with NocoBase 2.2.15; the codes are those of its gateway
 * (packages/core/server/src/gateway/errors.ts).
 */
sealed interface Health {

    /** The application takes requests. No proof that the database answers: it stays so with the database gone. */
    record Ready() implements Health {}

    /** Installing, upgrading, loading, or changing plugins. */
    record Busy(String message) implements Health {}

    /** A start, an upgrade or a command ended in an error. It never heals. */
    record Failed(String code, String message) implements Health {}

    /** The application was stopped while its container runs. Passes quickly in a restart within the process. */
    record Stopped(String message) implements Health {}

    /** Nothing that NocoBase's gateway says: still booting, or gone. */
    record Unreachable(String reason) implements Health {}

    /** Longest text of NocoBase that is shown; migrations fail with whole SQL statements. */
    int LONGEST = 500;

    Set<String> BUSY = Set.of(
            "APP_COMMANDING",
            "APP_PREPARING",
            "APP_INITIALIZING",
            "APP_INITIALIZED",
            "APP_STARTING",
            "APP_STOPPING",
            "COMMAND_END");

    ObjectMapper JSON = new ObjectMapper();

    Messages MESSAGES = Messages.of("nocobase");

    static Health of(int status, String body) {
        return switch (status) {
            case 200 -> body.strip().equals("ok") ? new Ready() : notNocoBase(status);
            case 503 -> unavailable(body);
            case 404 ->
                code(error(body)).equals("APP_NOT_FOUND")
                        ? new Busy(MESSAGES.text("health.notLoaded"))
                        : notNocoBase(status);
            default -> new Unreachable(MESSAGES.text("health.status", status));
        };
    }

    private static Health unavailable(String body) {
        JsonNode error = error(body);
        String code = code(error);
        String message = Texts.shown(error.path("message").asText(""), LONGEST);
        if (code.isEmpty()) {
            return notNocoBase(503);
        }
        if (code.equals("APP_STOPPED")) {
            return new Stopped(message);
        }
        return BUSY.contains(code)
                ? new Busy(message.isEmpty() ? code : message)
                : new Failed(Texts.shown(code), message);
    }

    private static Health notNocoBase(int status) {
        return new Unreachable(MESSAGES.text("health.foreign", status));
    }

    private static String code(JsonNode error) {
        return error.path("code").asText("");
    }

    private static JsonNode error(String body) {
        try {
            return JSON.readTree(body).path("error");
        } catch (JsonProcessingException notJson) {
            return JSON.missingNode();
        }
    }
}
