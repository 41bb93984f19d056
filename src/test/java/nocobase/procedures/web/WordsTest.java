package nocobase.procedures.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.camunda.bpm.model.bpmn.instance.CallActivity;
import org.camunda.bpm.model.bpmn.instance.EndEvent;
import org.camunda.bpm.model.bpmn.instance.FlowElement;
import org.camunda.bpm.model.bpmn.instance.Process;
import org.camunda.bpm.model.bpmn.instance.ReceiveTask;
import org.camunda.bpm.model.bpmn.instance.ServiceTask;
import org.camunda.bpm.model.bpmn.instance.SubProcess;
import org.camunda.bpm.model.bpmn.instance.UserTask;
import org.junit.jupiter.api.Test;

/** Whatever the status view shows of a model, it can say in Portuguese. */
class WordsTest {

    @Test
    void everyStepAndOutcomeHasATranslation() throws IOException {
        String words = Files.readString(Path.of("src/main/resources/static/status/words.js"));
        String portuguese = words.substring(words.indexOf("const PORTUGUESE"));

        assertThat(names().stream().filter(name -> !portuguese.contains("'" + name + "': '")))
                .as("names in processes/ that words.js does not translate")
                .isEmpty();
        assertThat(names()).hasSizeGreaterThan(100);
    }

    private static Set<String> names() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("processes"))) {
            return files.map(file -> Bpmn.readModelFromFile(file.toFile()))
                    .flatMap(model -> model.getModelElementsByType(Process.class).stream())
                    .flatMap(WordsTest::names)
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** Its own name, its steps, and, of what people start, its outcomes. */
    private static Stream<String> names(Process process) {
        Stream<String> steps = Stream.of(
                        CallActivity.class, SubProcess.class, UserTask.class, ReceiveTask.class, ServiceTask.class)
                .flatMap(type -> process.getModelInstance().getModelElementsByType(type).stream())
                .map(element -> ((FlowElement) element).getName());
        Stream<String> outcomes = process.isCamundaStartableInTasklist()
                ? process.getChildElementsByType(EndEvent.class).stream().map(FlowElement::getName)
                : Stream.of();
        return Stream.of(List.of(process.getName()).stream(), steps, outcomes).flatMap(one -> one);
    }
}
