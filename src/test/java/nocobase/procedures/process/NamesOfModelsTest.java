package nocobase.procedures.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.camunda.bpm.model.bpmn.BpmnModelInstance;
import org.camunda.bpm.model.bpmn.instance.FlowElement;
import org.camunda.bpm.model.bpmn.instance.Process;
import org.junit.jupiter.api.Test;

/** What the program knows of the models by name is in them, and is spelled in one place. */
class NamesOfModelsTest {

    private static final Path SOURCES = Path.of("src/main/java");
    private static final Pattern LITERAL = Pattern.compile("\"([\\w-]+)\"");
    private static final List<BpmnModelInstance> MODELS = models();
    private static final Set<String> PROCESSES = ids(Process.class);
    private static final Set<String> ELEMENTS = ids(FlowElement.class);

    @Test
    void processesAreThere() {
        assertThat(constants(ProcessKeys.class)).isSubsetOf(PROCESSES);
    }

    @Test
    void elementsAreThere() {
        assertThat(constants(ElementIds.class)).isSubsetOf(ELEMENTS);
    }

    @Test
    void nobodyElseSpellsThem() {
        Set<String> spelled = new TreeSet<>();
        for (Path source : files(SOURCES, ".java")) {
            String name = source.getFileName().toString();
            if (!name.equals("ProcessKeys.java") && !name.equals("ElementIds.java")) {
                LITERAL.matcher(text(source))
                        .results()
                        .map(literal -> literal.group(1))
                        .filter(word -> PROCESSES.contains(word) || ELEMENTS.contains(word))
                        .forEach(word -> spelled.add(word + " in " + name));
            }
        }
        assertThat(spelled).isEmpty();
    }

    private static List<BpmnModelInstance> models() {
        return files(Path.of("processes"), ".bpmn").stream()
                .map(path -> Bpmn.readModelFromFile(path.toFile()))
                .toList();
    }

    private static Set<String> ids(Class<? extends org.camunda.bpm.model.bpmn.instance.BaseElement> type) {
        return MODELS.stream()
                .flatMap(model -> model.getModelElementsByType(type).stream())
                .map(element -> element.getId())
                .collect(Collectors.toSet());
    }

    private static Set<String> constants(Class<?> names) {
        return Stream.of(names.getFields())
                .map(NamesOfModelsTest::value)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String value(Field constant) {
        try {
            return (String) constant.get(null);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Path> files(Path directory, String ending) {
        try (Stream<Path> found = Files.walk(directory)) {
            return found.filter(path -> path.toString().endsWith(ending))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path source) {
        try {
            return Files.readString(source);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
