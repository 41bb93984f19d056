package nocobase.procedures.security;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import nocobase.procedures.cluster.Texts;
import nocobase.procedures.language.Messages;
import org.camunda.bpm.dmn.feel.impl.FeelEngine;
import org.camunda.bpm.engine.variable.VariableMap;
import org.camunda.bpm.engine.variable.Variables;

/**
 * The questions of a Camunda Form (form-js schema), and the check of the answers. The browser checks the same things
 * first, for comfort; who speaks to the engine directly meets them here.
 */
final class Form {

    private static final Messages MESSAGES = Messages.of("security");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> SHOWN_ONLY =
            Set.of("text", "html", "image", "table", "button", "separator", "spacer", "iframe", "documentPreview");

    private final String id;
    private final Map<String, FormField> fields = new LinkedHashMap<>();
    private final List<String> texts = new ArrayList<>();
    private final FeelEngine feel;

    private Form(String id, FeelEngine feel) {
        this.id = id;
        this.feel = feel;
    }

    static Form withoutQuestions(FeelEngine feel) {
        return new Form("", feel);
    }

    /** @throws IllegalStateException if the form has a component whose answers cannot be checked here */
    static Form parse(InputStream json, FeelEngine feel) throws IOException {
        JsonNode root = JSON.readTree(json);
        Form form = new Form(root.path("id").asText(), feel);
        form.add(root.path("components"));
        return form;
    }

    private void add(JsonNode components) {
        for (JsonNode component : components) {
            String type = component.path("type").asText();
            if (type.equals("group") && !component.hasNonNull("path")) {
                add(component.path("components"));
            } else if (FormField.TYPES.contains(type)) {
                FormField field = new FormField(component);
                fields.put(field.key(), field);
            } else if (!SHOWN_ONLY.contains(type)) {
                throw new IllegalStateException("The form \"" + id + "\" has a component of type \"" + type
                        + "\", whose answers the server does not know how to check.");
            }
            Stream.of(component.path("text"), component.path("content"))
                    .filter(JsonNode::isTextual)
                    .map(JsonNode::textValue)
                    .forEach(texts::add);
        }
    }

    List<String> texts() {
        return texts;
    }

    /** Keys of the fields that take answers; one that is sometimes read-only is among them. */
    List<String> questions() {
        return fields.values().stream()
                .filter(FormField::takesAnswers)
                .map(FormField::key)
                .toList();
    }

    /** The same keys, each without an answer but with its type. */
    VariableMap unanswered() {
        VariableMap unanswered = Variables.createVariables();
        questions().forEach(key -> unanswered.putValueTyped(key, fields.get(key).unanswered()));
        return unanswered;
    }

    /**
     * @param sent what a person sent
     * @param known the variables that the form was shown with
     * @return the answers to the form's questions, nothing else
     */
    VariableMap accept(Map<String, Object> sent, Supplier<? extends Map<String, Object>> known) {
        VariableMap answers = Variables.fromMap(sent == null ? Map.of() : sent);
        refuseStrangers(answers);
        Map<String, JsonNode> values = new LinkedHashMap<>();
        for (String key : answers.keySet()) {
            values.put(key, Answers.json(fields.get(key), answers.getValueTyped(key)));
        }
        Expressions expressions = new Expressions(feel, known, values);
        VariableMap accepted = Variables.createVariables();
        List<String> faults = new ArrayList<>();
        for (FormField field : fields.values()) {
            // A read-only field comes back from the browser as it was shown; it is not an answer.
            if (!field.isReadOnly(expressions)) {
                field.fault(values.get(field.key()), expressions).ifPresent(faults::add);
                if (answers.containsKey(field.key())) {
                    accepted.putValueTyped(field.key(), answers.getValueTyped(field.key()));
                }
            }
        }
        if (!faults.isEmpty()) {
            throw Refusal.badInput(String.join(" ", faults));
        }
        return accepted;
    }

    /** The answers that are known, in the words of the form. */
    Map<String, Forms.Worded> worded(Map<String, Object> known) {
        Expressions expressions = new Expressions(feel, () -> known, Map.of());
        Map<String, Forms.Worded> worded = new LinkedHashMap<>();
        for (String key : questions()) {
            if (known.get(key) != null) {
                worded.put(key, fields.get(key).worded(json(known.get(key)), expressions));
            }
        }
        return worded;
    }

    /** JSON variables are read, plain ones taken as they are. */
    private static JsonNode json(Object value) {
        try {
            return value instanceof String || value instanceof Boolean || value instanceof Number
                    ? JSON.valueToTree(value)
                    : JSON.readTree(value.toString());
        } catch (IOException e) {
            return JSON.valueToTree(value.toString());
        }
    }

    private void refuseStrangers(VariableMap answers) {
        Set<String> strangers = new TreeSet<>(answers.keySet());
        strangers.removeAll(fields.keySet());
        if (!strangers.isEmpty()) {
            throw Refusal.badInput(MESSAGES.text(
                    fields.isEmpty() ? "form.asksNothing" : "form.stranger",
                    Texts.shown(String.join("\", \"", strangers)),
                    String.join(", ", fields.keySet())));
        }
    }
}
