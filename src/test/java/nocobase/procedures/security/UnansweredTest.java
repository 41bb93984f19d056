package nocobase.procedures.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import org.camunda.bpm.engine.variable.VariableMap;
import org.junit.jupiter.api.Test;

/** A question that nobody has answered has the type of its answer: Tasklist sends a list back in the type that it got. */
class UnansweredTest {

    private static final String FORM = """
            {"components": [
              {"type": "textfield", "key": "version"},
              {"type": "group", "components": [{"type": "checklist", "key": "nodes", "valuesKey": "nodeOptions"}]},
              {"type": "taglist", "key": "tags"},
              {"type": "checkbox", "key": "looked"},
              {"type": "radio", "key": "approved", "values": [{"value": true}, {"value": false}]},
              {"type": "radio", "key": "decision", "valuesKey": "options"},
              {"type": "select", "key": "action", "values": [{"value": "add"}]},
              {"type": "number", "key": "users", "decimalDigits": 0},
              {"type": "number", "key": "share"},
              {"type": "datetime", "key": "window"},
              {"type": "textarea", "key": "comment"},
              {"type": "textfield", "key": "shown", "readonly": true}]}""";

    @Test
    void everyQuestionHasTheTypeOfItsAnswerAndNoValue() throws IOException {
        VariableMap unanswered = Form.parse(new ByteArrayInputStream(FORM.getBytes(StandardCharsets.UTF_8)), null)
                .unanswered();

        assertThat(unanswered.keySet().stream()
                        .collect(Collectors.toMap(
                                key -> key,
                                key -> unanswered.getValueTyped(key).getType().getName())))
                .isEqualTo(Map.ofEntries(
                        Map.entry("version", "string"),
                        Map.entry("nodes", "json"),
                        Map.entry("tags", "json"),
                        Map.entry("looked", "boolean"),
                        Map.entry("approved", "boolean"),
                        Map.entry("decision", "string"),
                        Map.entry("action", "string"),
                        Map.entry("users", "integer"),
                        Map.entry("share", "double"),
                        Map.entry("window", "string"),
                        Map.entry("comment", "string")));
    }
}
