package nocobase.procedures.papers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.type.filter.AnnotationTypeFilter;

/**
 * The page of the configuration and the settings' records say the same: each key of the one is a key of the other, with the
 * same default, and no page names a key that nobody reads. {@code *} stands for a name that the owner chooses.
 */
class DocumentedKeysTest {

    private static final String LANGUAGE = "procedures.language";
    /** Meters, which look like keys. */
    private static final Set<String> METERS = Set.of("procedures.downtime", "procedures.notifications");

    private static final Pattern SECTION = Pattern.compile("#+ `(procedures[^`]*)`");
    private static final Pattern NAME = Pattern.compile("`([^`]+)`");
    private static final Pattern KEY = Pattern.compile("(?<![\\w-])procedures\\.[a-z][\\w.<>\\[\\]*…-]*");

    /** Each key, with its default; "" where it has none. */
    private static final Map<String, List<String>> KEYS = keys();

    /** The keys of a page's tables, with what stands in their row's second cell. */
    private record Tables(Map<String, String> defaults) {

        static Tables of(Paper page) {
            Map<String, String> found = new TreeMap<>();
            String section = "";
            String prefix = null;
            List<String> lines = page.prose();
            for (int i = 0; i < lines.size(); i++) {
                Matcher heading = SECTION.matcher(lines.get(i));
                if (heading.matches()) {
                    section = normal(heading.group(1));
                }
                String[] cells = lines.get(i).split("(?<!\\\\)\\|");
                if (cells.length < 3) {
                    prefix = null;
                } else if (i + 1 < lines.size() && lines.get(i + 1).startsWith("|---")) {
                    prefix = prefix(section, cells[1]);
                } else if (prefix != null && !cells[1].startsWith("---")) {
                    String below = prefix;
                    String said = cells[2];
                    names(cells[1]).forEach(name -> found.put(below + "." + name, said));
                }
            }
            return new Tables(found);
        }

        /** From a table's first cell, such as {@code key below `docker`}; null where the table has no keys. */
        private static String prefix(String section, String cell) {
            if (!cell.strip().matches("(key|chave)\\b.*")) {
                return null;
            }
            Matcher below = NAME.matcher(cell);
            if (!below.find()) {
                return section;
            }
            return below.group(1).startsWith("procedures.") ? below.group(1) : section + "." + below.group(1);
        }

        /** {@code `users.<id>.first-name`, `.last-name`} are two keys beside each other. */
        private static List<String> names(String cell) {
            List<String> names = new ArrayList<>();
            Matcher name = NAME.matcher(cell);
            while (name.find()) {
                String said = normal(name.group(1));
                names.add(
                        said.startsWith(".")
                                ? names.get(0).substring(0, names.get(0).lastIndexOf('.')) + said
                                : said);
            }
            return names;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"docs/configuration.md", "docs/pt-BR/configuration.md"})
    void eachKeyIsDescribedAndEachDescribedKeyIsRead(String path) throws IOException {
        Paper page = Paper.at(path);
        Set<String> described = new TreeSet<>(Tables.of(page).defaults().keySet());
        page.code().stream().filter(LANGUAGE::equals).forEach(described::add);

        assertThat(described).containsExactlyElementsOf(KEYS.keySet());
    }

    @ParameterizedTest
    @ValueSource(strings = {"docs/configuration.md", "docs/pt-BR/configuration.md"})
    void eachDefaultIsTheOneThatHolds(String path) throws IOException {
        Map<String, String> described = Tables.of(Paper.at(path)).defaults();

        assertThat(KEYS.entrySet())
                .allSatisfy(key -> assertThat(key.getValue())
                        .as(key.getKey())
                        .allSatisfy(
                                value -> assertThat(described.get(key.getKey())).contains("`" + value + "`")));
    }

    @Test
    void noPageNamesAKeyThatNobodyReads() throws IOException {
        Set<String> unknown = new TreeSet<>();
        for (Paper page : Paper.all()) {
            page.code().stream()
                    .flatMap(code -> KEY.matcher(code).results())
                    .map(key -> normal(key.group()))
                    .filter(key -> !METERS.contains(key) && !known(key))
                    .forEach(key -> unknown.add(page.path() + ": " + key));
        }
        assertThat(unknown).isEmpty();
    }

    /** Examples begin at the top, or below a cluster's name. */
    @Test
    void eachExampleHasKeysThatAreRead() throws IOException {
        Set<String> unknown = new TreeSet<>();
        int examples = 0;
        for (Paper page : Paper.all()) {
            for (String block : page.blocks("yaml")) {
                examples++;
                inYaml(block).stream().filter(key -> !known(key)).forEach(key -> unknown.add(page.path() + ": " + key));
            }
        }
        assertThat(examples).isGreaterThan(8);
        assertThat(unknown).isEmpty();
    }

    private static Set<String> inYaml(String block) {
        YamlPropertiesFactoryBean yaml = new YamlPropertiesFactoryBean();
        yaml.setResources(new ByteArrayResource(block.getBytes(StandardCharsets.UTF_8)));
        return yaml.getObject().stringPropertyNames().stream()
                .filter(key -> !key.startsWith("spring."))
                .map(key -> key.startsWith("procedures.") ? key : "procedures.clusters.any." + key)
                .map(key -> key.replaceAll("\\[\\d+\\]$", "").replaceAll("\\[\\d+\\]", "[]"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** A key, or what is above one. */
    private static boolean known(String name) {
        String said = name.replaceAll("[.…]+$", "");
        return KEYS.keySet().stream().anyMatch(key -> fits(key.split("\\."), said.split("\\.")));
    }

    private static boolean fits(String[] key, String[] said) {
        for (int i = 0; i < said.length; i++) {
            boolean chosen = i >= key.length ? key[key.length - 1].equals("*") : key[i].equals("*");
            boolean begun =
                    i < key.length && i == said.length - 1 && said[i].endsWith("-") && key[i].startsWith(said[i]);
            if (!chosen && !begun && (i >= key.length || !key[i].equals(said[i]))) {
                return false;
            }
        }
        return true;
    }

    private static String normal(String name) {
        return name.replaceAll("<[^>]*>", "*").replace("[n]", "[]");
    }

    private static Map<String, List<String>> keys() {
        Map<String, List<String>> keys = new TreeMap<>(Map.of(LANGUAGE, List.of()));
        ClassPathScanningCandidateComponentProvider scanner = new ClassPathScanningCandidateComponentProvider(false);
        scanner.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
        scanner.findCandidateComponents("nocobase.procedures").forEach(found -> {
            try {
                Class<?> settings = Class.forName(found.getBeanClassName());
                below(settings.getAnnotation(ConfigurationProperties.class).value(), settings, keys);
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException(e);
            }
        });
        return keys;
    }

    private static void below(String name, Class<?> settings, Map<String, List<String>> keys) {
        assertThat(settings.isRecord()).as(settings.getName()).isTrue();
        for (RecordComponent component : settings.getRecordComponents()) {
            String key = name + "." + DataObjectPropertyName.toDashedForm(component.getName());
            add(key, component.getGenericType(), defaults(settings, component), keys);
        }
    }

    private static void add(String key, Type type, List<String> defaults, Map<String, List<String>> keys) {
        if (type instanceof Class<?> settings
                && settings.isRecord()
                && settings.getName().startsWith("nocobase.")) {
            below(key, settings, keys);
        } else if (type instanceof ParameterizedType map && map.getRawType() == Map.class) {
            add(key + ".*", map.getActualTypeArguments()[1], List.of(), keys);
        } else if (type instanceof ParameterizedType list
                && Collection.class.isAssignableFrom((Class<?>) list.getRawType())
                && list.getActualTypeArguments()[0] instanceof Class<?> item
                && item.isRecord()) {
            below(key + "[]", item, keys);
        } else {
            keys.put(key, defaults);
        }
    }

    private static List<String> defaults(Class<?> settings, RecordComponent component) {
        return Arrays.stream(settings.getDeclaredConstructors())
                .flatMap(constructor -> Arrays.stream(constructor.getParameters()))
                .filter(parameter -> parameter.getName().equals(component.getName()))
                .map(parameter -> parameter.getAnnotation(DefaultValue.class))
                .filter(given -> given != null)
                .flatMap(given -> Arrays.stream(given.value()))
                .filter(value -> !value.isEmpty())
                .distinct()
                .toList();
    }
}
