package nocobase.procedures.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Patterns mean on the server what they mean in the browser. */
class FormFieldTest {

    @Test
    void theDollarIsTheVeryEnd() {
        assertThat(fits("^[a-z]+$", "abc")).isTrue();
        assertThat(fits("^[a-z]+$", "abc;x")).isFalse();
        assertThat(fits("^[a-z]+$", "abc\n")).isFalse();
        assertThat(fits("^[a-z]+", "abc\n")).isTrue();
        assertThat(fits("^a\\$", "a$")).isTrue();
    }

    @Test
    void whatWasAnsweredIsNotCalledOptional() {
        assertThat(question("Comment (optional)")).isEqualTo("Comment");
        assertThat(question("Comentário (opcional)")).isEqualTo("Comentário");
        assertThat(question("Reason")).isEqualTo("Reason");
    }

    private static String question(String label) {
        FormField field = new FormField(new ObjectMapper()
                .createObjectNode()
                .put("type", "textfield")
                .put("key", "comment")
                .put("label", label));
        return field.worded(TextNode.valueOf("fine"), new Expressions(null, Map::of, Map.of()))
                .question();
    }

    private static boolean fits(String pattern, String answer) {
        ObjectMapper json = new ObjectMapper();
        FormField field = new FormField(json.createObjectNode()
                .put("type", "textarea")
                .put("key", "name")
                .set("validate", json.createObjectNode().put("pattern", pattern)));
        return field.fault(TextNode.valueOf(answer), new Expressions(null, Map::of, Map.of()))
                .isEmpty();
    }
}
