package nocobase.procedures;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import nocobase.procedures.UnknownKeys.UnknownKeysException;
import nocobase.procedures.language.Messages;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.boot.context.properties.bind.validation.ValidationErrors;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.origin.Origin;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.convert.ConversionFailedException;
import org.springframework.util.ClassUtils;
import org.springframework.validation.FieldError;
import org.springframework.validation.ObjectError;

/**
 * Says which key below {@code procedures} is wrong, where it was written and what is expected. Before Spring Boot's own
 * words, which show the refused value: it may be a password.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class RefusedConfiguration extends AbstractFailureAnalyzer<BindException> {

    private static final Messages MESSAGES = Messages.of("configuration");

    /** Map keys in a path of Bean Validation: {@code clusters[main].nodes}. */
    private static final Pattern MAP_KEY = Pattern.compile("\\[([^]]*)]");
    /** A rule about several keys is a method of the record: its name is no key. */
    private static final String RULE = "AssertTrue";

    /** What people know by another name than the program. */
    private static final Set<String> KINDS = Set.of("Duration", "int", "double", "boolean", "URI", "Path");

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
        ConfigurationPropertyName name = cause.getName();
        if (!name.equals(UnknownKeys.ROOT) && !UnknownKeys.ROOT.isAncestorOf(name)) {
            return null;
        }
        String what = reasons(cause).stream().map(line -> "    " + line).collect(Collectors.joining("\n"));
        return refused(what, cause);
    }

    /** @param what indented */
    static FailureAnalysis refused(String what, Throwable cause) {
        return new FailureAnalysis(MESSAGES.text("refused") + "\n\n" + what, MESSAGES.text("refused.remedy"), cause);
    }

    private static List<String> reasons(BindException refused) {
        if (find(refused, UnknownKeysException.class) instanceof UnknownKeysException unknown) {
            return unknown.keys().entrySet().stream()
                    .map(entry -> entry.getKey() + ": " + entry.getValue())
                    .toList();
        }
        if (find(refused, BindValidationException.class) instanceof BindValidationException invalid) {
            return lines(invalid.getValidationErrors());
        }
        return List.of(refused.getName() + origin(Origin.from(refused.getProperty())) + ": " + expected(refused));
    }

    private static List<String> lines(ValidationErrors errors) {
        return StreamSupport.stream(errors.spliterator(), false)
                .map(error ->
                        key(errors.getName(), error) + origin(Origin.from(error)) + ": " + error.getDefaultMessage())
                .sorted()
                .toList();
    }

    private static String key(ConfigurationPropertyName prefix, ObjectError error) {
        if (!(error instanceof FieldError field)) {
            return prefix.toString();
        }
        String path = MAP_KEY.matcher(field.getField()).replaceAll(".$1");
        List<String> elements = List.of(path.split("\\."));
        int length = RULE.equals(error.getCode()) ? elements.size() - 1 : elements.size();
        return prefix + "."
                + elements.subList(0, length).stream()
                        .map(RefusedConfiguration::dashed)
                        .collect(Collectors.joining("."));
    }

    /** Names that people chose are shown as they are written. */
    private static String dashed(String element) {
        return element.matches("[a-z]+([A-Z][a-z]+)+") ? DataObjectPropertyName.toDashedForm(element) : element;
    }

    private static String expected(BindException refused) {
        Class<?> type = find(refused, ConversionFailedException.class) instanceof ConversionFailedException conversion
                ? conversion.getTargetType().getType()
                : refused.getTarget().getType().resolve(Object.class);
        if (type.isEnum()) {
            String known = Arrays.stream(type.getEnumConstants())
                    .map(constant ->
                            ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .collect(Collectors.joining(", "));
            return MESSAGES.text("expected.oneOf", known);
        }
        String kind = type.getSimpleName();
        return MESSAGES.text(
                "expected.kind", KINDS.contains(kind) ? MESSAGES.text("kind." + kind) : ClassUtils.getShortName(type));
    }

    private static String origin(Origin origin) {
        return origin == null ? "" : " (" + origin + ")";
    }

    private static Throwable find(Throwable failure, Class<? extends Throwable> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return cause;
            }
        }
        return null;
    }
}
