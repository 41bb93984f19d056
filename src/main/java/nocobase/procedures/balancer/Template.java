package nocobase.procedures.balancer;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A text of this package with places to fill: <code>{{name}}</code>. */
final class Template {

    private static final Pattern PLACE = Pattern.compile("\\{\\{([a-z-]+)}}");

    private final String name;
    private final String text;

    private Template(String name, String text) {
        this.name = name;
        this.text = text;
    }

    static Template named(String name) {
        try (InputStream found = Template.class.getResourceAsStream(name)) {
            if (found == null) {
                throw new IllegalStateException("the template " + name + " is missing from the jar");
            }
            return new Template(name, new String(found.readAllBytes(), StandardCharsets.UTF_8).stripTrailing());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** @throws IllegalStateException if a place has no value */
    String fill(Map<String, String> values) {
        return PLACE.matcher(text).replaceAll(place -> {
            String value = values.get(place.group(1));
            if (value == null) {
                throw new IllegalStateException(name + " has a place that nothing fills: " + place.group(1));
            }
            return Matcher.quoteReplacement(value);
        });
    }
}
