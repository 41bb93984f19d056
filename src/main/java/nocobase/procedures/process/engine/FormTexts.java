package nocobase.procedures.process.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Optional;
import java.util.regex.Pattern;
import nocobase.procedures.language.PlainTexts;

/**
 * Puts the installation's language into a form: a form holds keys of a bundle ({@code "label": "@common.decision"}), what is
 * deployed holds the texts.
 */
final class FormTexts {

    private static final PlainTexts TEXTS = PlainTexts.of("forms");
    /** A package of NocoBase's ({@code @acme/plugin}) is none. */
    static final Pattern KEY = Pattern.compile("@([a-z]\\w*(?:\\.\\w+)+)");

    private FormTexts() {}

    /** @throws IllegalStateException naming a key that the bundle does not have */
    static void fill(JsonNode form) {
        if (form instanceof ObjectNode object) {
            object.fields().forEachRemaining(entry -> entry.setValue(filled(entry.getValue())));
        } else if (form instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, filled(array.get(i)));
            }
        }
    }

    static String text(String key) {
        return TEXTS.find(key).orElseThrow(() -> new IllegalStateException("No text for forms is called " + key));
    }

    private static JsonNode filled(JsonNode value) {
        fill(value);
        return key(value).<JsonNode>map(key -> TextNode.valueOf(text(key))).orElse(value);
    }

    private static Optional<String> key(JsonNode value) {
        return Optional.of(value)
                .filter(JsonNode::isTextual)
                .map(node -> KEY.matcher(node.textValue()))
                .filter(matcher -> matcher.matches())
                .map(matcher -> matcher.group(1));
    }
}
