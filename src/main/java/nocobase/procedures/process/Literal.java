package nocobase.procedures.process;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Somebody's text, written so that Markdown, HTML and templates show it as it is. Whatever could mean something there becomes
 * a numeric entity, also inside of {@code <pre>} and {@code <code>}; a line break becomes {@code <br>}, so that the text stays
 * on one source line and begins no heading, list or quotation.
 */
public final class Literal {

    private static final Pattern BLANK_ENDS = Pattern.compile("\\A(?:\\h*\\R)+|(?:\\R\\h*)+\\z");
    private static final int FIRST_EMBEDDING = 0x202A;
    private static final int LAST_OVERRIDE = 0x202E;
    private static final int FIRST_ISOLATE = 0x2066;
    private static final int LAST_ISOLATE = 0x2069;
    private static final int CONTROL_PICTURES = 0x2400;
    private static final int DELETE = 0x7F;
    private static final int LAST_CONTROL = 0x9F;

    private Literal() {}

    public static String of(String text) {
        // Blank lines at the ends are nobody's text; a blank in the line may part it from what stands before.
        return BLANK_ENDS
                .matcher(text)
                .replaceAll("")
                .lines()
                .map(Literal::line)
                .collect(Collectors.joining("<br>"));
    }

    /** The same for each text in a JSON value; names and numbers stay. */
    public static JsonNode of(JsonNode value) {
        if (value.isTextual()) {
            return TextNode.valueOf(of(value.textValue()));
        }
        if (value.isArray()) {
            ArrayNode list = JsonNodeFactory.instance.arrayNode();
            value.forEach(one -> list.add(of(one)));
            return list;
        }
        if (value.isObject()) {
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            value.properties().forEach(one -> object.set(one.getKey(), of(one.getValue())));
            return object;
        }
        return value;
    }

    /** For an answer's label, which is taken for a template where it begins with = or has double braces. */
    public static String label(String text) {
        String shown = text.startsWith("=") ? "\u2060" + text : text;
        return shown.replace("{{", "{\u2060{");
    }

    /** For a table's cell, which is plain text already: only what would show it in another order than it was written. */
    public static String cell(String text) {
        return text.codePoints()
                .mapToObj(character -> isDirection(character)
                        ? "[U+" + Integer.toHexString(character).toUpperCase(java.util.Locale.ROOT) + "]"
                        : Character.toString(character))
                .collect(Collectors.joining());
    }

    private static String line(String line) {
        StringBuilder shown = new StringBuilder();
        line.codePoints().forEach(character -> append(shown, character));
        // Words that run from right to left must not turn the sentence around them.
        return line.codePoints().anyMatch(Literal::runsLeft) ? "\u2068" + shown + "\u2069" : shown.toString();
    }

    private static void append(StringBuilder shown, int character) {
        boolean blankBefore = shown.isEmpty() || shown.charAt(shown.length() - 1) == ' ';
        if (isDirection(character)) {
            shown.append("&#91;U&#43;")
                    .append(Integer.toHexString(character).toUpperCase(java.util.Locale.ROOT))
                    .append("&#93;");
        } else if (character < ' ' && character != '\t') {
            shown.appendCodePoint(CONTROL_PICTURES + character);
        } else if (character >= DELETE && character <= LAST_CONTROL) {
            shown.append('\uFFFD');
        } else if (character < DELETE && !Character.isLetterOrDigit(character) && (character != ' ' || blankBefore)) {
            shown.append("&#").append(character).append(';');
        } else {
            shown.appendCodePoint(character);
        }
    }

    /** Overrides, embeddings and isolates: they can show a text in another order than it was written. */
    private static boolean isDirection(int character) {
        return (character >= FIRST_EMBEDDING && character <= LAST_OVERRIDE)
                || (character >= FIRST_ISOLATE && character <= LAST_ISOLATE);
    }

    private static boolean runsLeft(int character) {
        byte direction = Character.getDirectionality(character);
        return direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT
                || direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC;
    }
}
