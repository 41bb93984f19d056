package nocobase.procedures.security;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nocobase.procedures.language.Messages;
import org.camunda.bpm.engine.variable.Variables;
import org.camunda.bpm.engine.variable.value.TypedValue;
import org.camunda.spin.plugin.variable.SpinValues;

/** One question of a form, with what its schema says about a fitting answer. */
final class FormField {

    private static final Messages MESSAGES = Messages.of("security");
    static final Set<String> TYPES = Set.of(
            "textfield", "textarea", "number", "checkbox", "radio", "select", "checklist", "taglist", "datetime");

    /** The engine's variable table takes no longer text. */
    private static final int LONGEST_TEXT = 4000;

    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

    private final JsonNode schema;
    private final JsonNode validate;

    FormField(JsonNode schema) {
        this.schema = schema;
        this.validate = schema.path("validate");
    }

    String key() {
        return schema.path("key").asText();
    }

    private String type() {
        return schema.path("type").asText();
    }

    String named() {
        return "\"" + label() + "\"";
    }

    /** A date and a time have labels of their own. */
    private String label() {
        return Stream.of("label", "dateLabel", "timeLabel")
                .map(label -> schema.path(label).asText())
                .filter(label -> !label.isBlank())
                .findFirst()
                .orElseGet(this::key);
    }

    /** What was answered is not optional any more: the hint is left out. */
    private String asked() {
        return MESSAGES.everyText("form.optional").stream()
                .reduce(
                        label(),
                        (label, hint) ->
                                label.endsWith(hint) ? label.substring(0, label.length() - hint.length()) : label)
                .strip();
    }

    /** The answer as a person gave it: by the labels of what was offered. */
    Forms.Worded worded(JsonNode answer, Expressions expressions) {
        List<JsonNode> answers = answer.isArray() ? children(answer) : List.of(answer);
        List<JsonNode> offered = offered(expressions);
        return new Forms.Worded(
                asked(), answers.stream().map(one -> words(one, offered)).collect(Collectors.joining(", ")));
    }

    private static String words(JsonNode answer, List<JsonNode> offered) {
        return offered.stream()
                .filter(option -> option.isObject() && option.path("value").equals(answer))
                .map(option -> option.path("label").asText())
                .findFirst()
                .orElseGet(() -> answer.isBoolean()
                        ? MESSAGES.text(answer.booleanValue() ? "answer.yes" : "answer.no")
                        : answer.asText());
    }

    /**
     * No answer yet, in the type that the answer will have: Tasklist sends a list back in the type in which it got the
     * question, and into an untyped null nothing fits.
     */
    TypedValue unanswered() {
        return switch (type()) {
            case "checklist", "taglist" -> SpinValues.jsonValue((String) null).create();
            case "checkbox" -> Variables.booleanValue(null);
            case "number" ->
                schema.path("decimalDigits").asInt(1) == 0 ? Variables.integerValue(null) : Variables.doubleValue(null);
            case "radio", "select" -> oneOfMany();
            default -> Variables.stringValue(null);
        };
    }

    /** Options that are known only when the question is asked are texts. */
    private TypedValue oneOfMany() {
        List<JsonNode> values = children(schema.path("values"));
        return !values.isEmpty()
                        && values.stream().allMatch(one -> one.path("value").isBoolean())
                ? Variables.booleanValue(null)
                : Variables.stringValue(null);
    }

    boolean takesAnswers() {
        return !schema.path("disabled").asBoolean() && !schema.path("readonly").asBoolean();
    }

    boolean isReadOnly(Expressions expressions) {
        return schema.path("disabled").asBoolean() || expressions.isTrue(schema.path("readonly"));
    }

    /** @return what is wrong with the answer, as a sentence for the person; empty if it fits */
    Optional<String> fault(JsonNode answer, Expressions expressions) {
        boolean hidden = schema.path("conditional").hasNonNull("hide")
                && expressions.isTrue(schema.path("conditional").path("hide"));
        boolean empty = isEmpty(answer);
        if (hidden) {
            return empty ? Optional.empty() : sentence("answer.notAsked");
        }
        if (empty) {
            return validate.path("required").asBoolean() ? sentence("answer.missing") : Optional.empty();
        }
        return switch (type()) {
            case "textfield", "textarea" -> text(answer);
            case "number" -> number(answer);
            case "checkbox" -> checkbox(answer);
            case "radio", "select" -> oneOf(List.of(answer), expressions);
            case "checklist", "taglist" ->
                answer.isArray() ? oneOf(children(answer), expressions) : sentence("answer.noList");
            case "datetime" -> moment(answer);
            default -> throw new IllegalStateException("No check for a field of type " + type());
        };
    }

    private static boolean isEmpty(JsonNode answer) {
        return answer == null
                || answer.isNull()
                || (answer.isTextual() && answer.textValue().isBlank())
                || (answer.isArray() && answer.isEmpty());
    }

    private Optional<String> text(JsonNode answer) {
        if (!answer.isTextual()) {
            return sentence("answer.noText");
        }
        String text = answer.textValue();
        if (CONTROL.matcher(type().equals("textarea") ? text.replaceAll("\\R|\t", " ") : text)
                .find()) {
            return sentence("answer.controlCharacters");
        }
        int shortest = validate.path("minLength").asInt(0);
        int longest = Math.min(validate.path("maxLength").asInt(LONGEST_TEXT), LONGEST_TEXT);
        if (text.length() < shortest) {
            return sentence("answer.tooShort", shortest);
        }
        if (text.length() > longest) {
            return sentence("answer.tooLong", longest, text.length());
        }
        if (validate.hasNonNull("pattern")
                && !pattern(validate.path("pattern").asText()).matcher(text).find()) {
            String help = schema.path("description").asText();
            return sentence("answer.wrongPattern", help).map(String::strip);
        }
        return Optional.empty();
    }

    /** As browsers read it: there {@code $} is the very end, in Java it also stands before a last line break. */
    private static Pattern pattern(String expression) {
        return Pattern.compile(
                expression.endsWith("$") && !expression.endsWith("\\$")
                        ? expression.substring(0, expression.length() - 1) + "\\z"
                        : expression);
    }

    private Optional<String> number(JsonNode answer) {
        if (!answer.isNumber()) {
            return sentence("answer.noNumber");
        }
        BigDecimal number = answer.decimalValue();
        if (validate.hasNonNull("min")
                && number.compareTo(new BigDecimal(validate.path("min").asText())) < 0) {
            return sentence("answer.tooSmall", validate.path("min").asText());
        }
        if (validate.hasNonNull("max")
                && number.compareTo(new BigDecimal(validate.path("max").asText())) > 0) {
            return sentence("answer.tooGreat", validate.path("max").asText());
        }
        if (schema.hasNonNull("decimalDigits")
                && number.stripTrailingZeros().scale()
                        > schema.path("decimalDigits").asInt()) {
            return sentence("answer.tooManyDigits", schema.path("decimalDigits").asInt());
        }
        return Optional.empty();
    }

    private Optional<String> checkbox(JsonNode answer) {
        if (!answer.isBoolean()) {
            return sentence("answer.noYesOrNo");
        }
        return validate.path("required").asBoolean() && !answer.booleanValue()
                ? sentence("answer.mustBeTicked")
                : Optional.empty();
    }

    private Optional<String> oneOf(List<JsonNode> answers, Expressions expressions) {
        List<JsonNode> options = options(expressions);
        return answers.stream().allMatch(options::contains)
                ? Optional.empty()
                : sentence(
                        options.isEmpty() ? "answer.nothingOffered" : "answer.notOffered",
                        String.join(", ", options.stream().map(JsonNode::asText).toList()));
    }

    /** Options stand in the form itself, in a variable ({@code valuesKey}), or are computed ({@code valuesExpression}). */
    private List<JsonNode> options(Expressions expressions) {
        return offered(expressions).stream()
                .map(option -> option.isObject() ? option.path("value") : option)
                .toList();
    }

    private List<JsonNode> offered(Expressions expressions) {
        Stream<JsonNode> offered = children(schema.path("values")).stream();
        for (String source : List.of("valuesKey", "valuesExpression")) {
            if (schema.hasNonNull(source)) {
                offered = Stream.concat(
                        offered,
                        expressions.value(schema.path(source).asText()).map(FormField::children).stream()
                                .flatMap(List::stream));
            }
        }
        return offered.toList();
    }

    private Optional<String> moment(JsonNode answer) {
        String subtype = schema.path("subtype").asText("datetime");
        DateTimeFormatter format = switch (subtype) {
            case "date" -> DateTimeFormatter.ISO_LOCAL_DATE;
            case "time" -> DateTimeFormatter.ISO_TIME;
            default -> DateTimeFormatter.ISO_DATE_TIME;
        };
        try {
            format.parse(answer.isTextual() ? answer.textValue() : "");
            return Optional.empty();
        } catch (DateTimeException e) {
            return sentence("answer.no-" + subtype);
        }
    }

    private static List<JsonNode> children(JsonNode node) {
        List<JsonNode> list = new ArrayList<>();
        node.forEach(list::add);
        return list;
    }

    private Optional<String> sentence(String key, Object... facts) {
        return Optional.of(named() + ": " + MESSAGES.text(key, facts));
    }
}
