package nocobase.procedures.security;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import nocobase.procedures.language.Messages;
import org.camunda.bpm.engine.variable.value.SerializableValue;
import org.camunda.bpm.engine.variable.value.TypedValue;

/**
 * What a person sent, as plain JSON. Only what a form can yield: text, numbers, yes or no, and JSON. Serialized objects
 * and files are refused before anything unpacks them.
 */
final class Answers {

    private static final Messages MESSAGES = Messages.of("security");
    private static final ObjectMapper JSON = new ObjectMapper();

    private Answers() {}

    static JsonNode json(FormField field, TypedValue value) {
        if (value instanceof SerializableValue serialized) {
            return parsed(field, serialized);
        }
        Object plain = value == null ? null : value.getValue();
        if (plain == null) {
            return NullNode.getInstance();
        }
        if (plain instanceof String || plain instanceof Boolean || plain instanceof Number) {
            return JSON.valueToTree(plain);
        }
        throw wrongKind(field);
    }

    private static JsonNode parsed(FormField field, SerializableValue value) {
        if (value.getType() == null || !"json".equals(value.getType().getName())) {
            throw wrongKind(field);
        }
        try {
            JsonNode node = value.getValueSerialized() == null ? null : JSON.readTree(value.getValueSerialized());
            return node == null ? NullNode.getInstance() : node;
        } catch (JsonProcessingException e) {
            throw wrongKind(field);
        }
    }

    private static Refusal wrongKind(FormField field) {
        return Refusal.badInput(MESSAGES.text("answer.wrongKind", field.named()));
    }
}
