package nocobase.procedures.security;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.camunda.bpm.dmn.feel.impl.FeelEngine;
import org.camunda.bpm.engine.variable.Variables;
import org.camunda.bpm.engine.variable.context.VariableContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** FEEL expressions of a form ({@code =decision = "retry"}), over the variables it was shown with and its answers. */
final class Expressions {

    private static final Logger LOG = LoggerFactory.getLogger(Expressions.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final FeelEngine feel;
    private final Supplier<? extends Map<String, Object>> known;
    private final Map<String, JsonNode> answers;
    private VariableContext context;

    Expressions(FeelEngine feel, Supplier<? extends Map<String, Object>> known, Map<String, JsonNode> answers) {
        this.feel = feel;
        this.known = known;
        this.answers = answers;
    }

    static boolean isOne(JsonNode node) {
        return node.isTextual() && node.textValue().startsWith("=");
    }

    /** @return the value, or empty if the expression yields nothing or cannot be evaluated */
    Optional<JsonNode> value(String expression) {
        String text = expression.startsWith("=") ? expression.substring(1) : expression;
        try {
            Object value = feel.evaluateSimpleExpression(text, context());
            return Optional.ofNullable(value).map(JSON::<JsonNode>valueToTree);
        } catch (RuntimeException e) {
            LOG.warn("The form's expression \"{}\" cannot be evaluated: {}", expression, e.getMessage());
            return Optional.empty();
        }
    }

    boolean isTrue(JsonNode literalOrExpression) {
        JsonNode value = isOne(literalOrExpression)
                ? value(literalOrExpression.textValue()).orElse(literalOrExpression)
                : literalOrExpression;
        return value.isBoolean() && value.booleanValue();
    }

    private VariableContext context() {
        if (context == null) {
            Map<String, Object> all = new HashMap<>(known.get());
            answers.forEach((key, value) -> all.put(key, JSON.convertValue(value, Object.class)));
            context = Variables.fromMap(all).asVariableContext();
        }
        return context;
    }
}
