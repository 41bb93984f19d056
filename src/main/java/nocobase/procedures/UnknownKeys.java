package nocobase.procedures;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import nocobase.procedures.language.Messages;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.boot.origin.Origin;

/**
 * Refuses keys below {@code procedures} that nobody reads: a misspelt key would otherwise be a setting that silently does
 * not hold. Environment variables and system properties are left out, as Spring Boot does: their names do not say where a
 * key ends.
 */
final class UnknownKeys extends AbstractBindHandler {

    private static final Messages MESSAGES = Messages.of("configuration");

    static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("procedures");

    /** Below {@code procedures}, but read by others: settings of their own rooms, and switches of tests. */
    static final Set<String> READ_ELSEWHERE =
            Set.of("security", "notifications", "retention", "fence", "embedded", "watcher", "language");

    private static final Set<ConfigurationPropertyName> SWITCHES =
            Set.of(ConfigurationPropertyName.of("procedures.embedded.active"));

    private final Map<ConfigurationPropertyName, Class<?>> asked = new HashMap<>();
    private final UnboundElementsSourceFilter filter = new UnboundElementsSourceFilter();

    UnknownKeys(BindHandler parent) {
        super(parent);
    }

    @Override
    public <T> Bindable<T> onStart(ConfigurationPropertyName name, Bindable<T> target, BindContext context) {
        asked.put(name, target.getType().resolve(Object.class));
        return super.onStart(name, target, context);
    }

    /** Before the parent validates: a misspelt key is the better explanation of a missing one. */
    @Override
    public void onFinish(ConfigurationPropertyName name, Bindable<?> target, BindContext context, Object result)
            throws Exception {
        if (context.getDepth() == 0 && (ROOT.equals(name) || ROOT.isAncestorOf(name))) {
            refuse(unknownBelow(name, context.getSources()));
        }
        super.onFinish(name, target, context, result);
    }

    private Map<String, String> unknownBelow(
            ConfigurationPropertyName prefix, Iterable<ConfigurationPropertySource> sources) {
        Map<String, String> unknown = new TreeMap<>();
        for (ConfigurationPropertySource source : sources) {
            if (source instanceof IterableConfigurationPropertySource iterable && filter.apply(source)) {
                iterable.stream()
                        .filter(prefix::isAncestorOf)
                        .filter(key -> !SWITCHES.contains(key))
                        .filter(key -> !prefix.equals(ROOT) || !READ_ELSEWHERE.contains(roomOf(key)))
                        .forEach(key -> refusal(key).ifPresent(text -> unknown.put(shown(key, iterable), text)));
            }
        }
        return unknown;
    }

    private static String roomOf(ConfigurationPropertyName key) {
        return key.getElement(1, ConfigurationPropertyName.Form.DASHED);
    }

    /** What is expected instead, if nobody asked for the key. Entries of lists and maps are free. */
    private Optional<String> refusal(ConfigurationPropertyName key) {
        if (asked.containsKey(key)) {
            return Optional.empty();
        }
        ConfigurationPropertyName place = key.getParent();
        while (!asked.containsKey(place) && !place.isEmpty()) {
            place = place.getParent();
        }
        Class<?> type = asked.get(place);
        if (type != null && type.isRecord()) {
            return Optional.of(MESSAGES.text("unknown.among", place, keysOf(type, place)));
        }
        boolean free = type != null
                && (Map.class.isAssignableFrom(type) || Iterable.class.isAssignableFrom(type) || type.isArray());
        return free ? Optional.empty() : Optional.of(MESSAGES.text("unknown.below", place));
    }

    private static String keysOf(Class<?> type, ConfigurationPropertyName place) {
        Set<String> keys = Arrays.stream(type.getRecordComponents())
                .map(component -> DataObjectPropertyName.toDashedForm(component.getName()))
                .collect(Collectors.toCollection(TreeSet::new));
        if (place.equals(ROOT)) {
            keys.addAll(READ_ELSEWHERE);
        }
        return String.join(", ", keys);
    }

    /** The key and where it was written; never its value, which may be a secret. */
    private static String shown(ConfigurationPropertyName key, IterableConfigurationPropertySource source) {
        Origin origin = Origin.from(source.getConfigurationProperty(key));
        return key + (origin == null ? "" : " (" + origin + ")");
    }

    private static void refuse(Map<String, String> unknown) {
        if (!unknown.isEmpty()) {
            throw new UnknownKeysException(unknown);
        }
    }

    /** Keys that nobody reads, each with what is expected. */
    static final class UnknownKeysException extends IllegalArgumentException {

        private final transient Map<String, String> keys;

        UnknownKeysException(Map<String, String> keys) {
            super(keys.toString());
            this.keys = Map.copyOf(keys);
        }

        Map<String, String> keys() {
            return new TreeMap<>(keys);
        }
    }
}
