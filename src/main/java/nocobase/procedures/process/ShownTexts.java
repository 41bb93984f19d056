package nocobase.procedures.process;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nocobase.procedures.security.Forms;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.camunda.spin.json.SpinJsonNode;

/**
 * Nobody writes on somebody else's page: the forms' texts are Markdown, so what they show of the variables is shown
 * {@linkplain Literal literally}. When forms are deployed, {@code {{reason}}} becomes {@code {{shown.reason}}}; when a task
 * comes into being, "shown" gets what its form asks for. The variables themselves stay as they were written, for conditions,
 * decisions and evidence.
 */
public final class ShownTexts {

    private static final String SHOWN = "shown";

    /** Sentences of ours that are Markdown. They hold nothing that anybody else wrote. */
    private static final Set<String> OWN_MARKDOWN = Set.of("loss", "openingPlan", "restorePointPlan");

    private static final Pattern TEMPLATE = Pattern.compile("\\{\\{(.*?)}}", Pattern.DOTALL);
    private static final Pattern VARIABLE = Pattern.compile("\\s*([A-Za-z]\\w*)((?:\\.\\w+)*)\\s*");
    private static final Pattern LOOP = Pattern.compile("#loop\\s+([A-Za-z]\\w*)(.*)", Pattern.DOTALL);
    private static final Pattern OF_LOOP = Pattern.compile("\\s*this(?:\\.\\w+)*\\s*");
    private static final Pattern PLAIN = Pattern.compile("#if\\s.*|/if|/loop", Pattern.DOTALL);
    private static final Pattern NEEDED = Pattern.compile("\\{\\{(?:#loop\\s+)?\\s*" + SHOWN + "\\.(\\w+)");

    /** Entities are not read inside of Markdown's own code. */
    private static final Pattern FENCE = Pattern.compile("```\\n(\\{\\{[^}]*}})\\n```");

    private static final Pattern CODE = Pattern.compile("`(\\{\\{[^}]*}})`");

    private ShownTexts() {}

    /** Lets a form's texts show only what is written literally. */
    public static void use(JsonNode form) {
        for (JsonNode component : form.path("components")) {
            for (String text : new String[] {"text", "content"}) {
                if (component.path(text).isTextual()) {
                    ((ObjectNode) component)
                            .put(text, literal(component.path(text).textValue()));
                }
            }
            use(component);
        }
    }

    /** @throws IllegalStateException if a text shows something of which it is not known who wrote it */
    static String literal(String text) {
        if (text.startsWith("=")) {
            throw new IllegalStateException("A form's text that is an expression is not shown literally: " + text);
        }
        String code = CODE.matcher(FENCE.matcher(text).replaceAll("<pre><code>$1</code></pre>"))
                .replaceAll("<code>$1</code>");
        return TEMPLATE.matcher(code).replaceAll(ShownTexts::template);
    }

    private static String template(MatchResult found) {
        String inside = found.group(1);
        Matcher variable = VARIABLE.matcher(inside);
        Matcher loop = LOOP.matcher(inside);
        if (OF_LOOP.matcher(inside).matches() || PLAIN.matcher(inside).matches()) {
            return Matcher.quoteReplacement(found.group());
        }
        if (loop.matches()) {
            return Matcher.quoteReplacement("{{#loop " + SHOWN + "." + loop.group(1) + loop.group(2) + "}}");
        }
        if (variable.matches()) {
            return Matcher.quoteReplacement(
                    OWN_MARKDOWN.contains(variable.group(1))
                            ? found.group()
                            : "{{" + SHOWN + "." + variable.group(1) + variable.group(2) + "}}");
        }
        throw new IllegalStateException("A form's text shows what is not shown literally: " + found.group());
    }

    /** Called when all that the task shows is known. */
    public static void showIn(DelegateTask task) {
        Map<String, JsonNode> shown = new LinkedHashMap<>();
        for (String text : Forms.texts(task.getId())) {
            NEEDED.matcher(text)
                    .results()
                    .map(found -> found.group(1))
                    .forEach(name -> shown.put(name, literal(task.getVariable(name))));
        }
        task.setVariableLocal(SHOWN, Json.of(shown));
    }

    private static JsonNode literal(Object value) {
        if (value == null) {
            return null;
        }
        return value instanceof SpinJsonNode
                ? Literal.of(Json.read(value))
                : Literal.of(TextNode.valueOf(value.toString()));
    }
}
