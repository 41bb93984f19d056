package nocobase.procedures.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import nocobase.procedures.language.Language;
import nocobase.procedures.language.PlainTexts;
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

/** Whatever a page shows of a model, it can say in its reader's language, and says it as forms and mails do. */
class ShownNamesTest {

    private static final PlainTexts TEXTS = PlainTexts.of("models");

    private final Map<String, String> english = ShownNames.all().get(Language.ENGLISH);
    private final Map<String, String> portuguese = ShownNames.all().get(Language.PORTUGUESE);

    @Test
    void eachStepAndOutcomeIsCalledAsInItsModel() throws IOException {
        assertThat(names()).hasSizeGreaterThan(100).allSatisfy(name -> {
            String ours = TEXTS.find(ModelTexts.key(name), Language.PORTUGUESE).orElseThrow();
            assertThat(portuguese).containsEntry(name, ours);
            assertThat(portuguese.get(english.get(name))).isEqualTo(ours);
        });
    }

    @Test
    void whatAnInstanceWasStartedWithInPortugueseIsSaidInEnglishToo() throws IOException {
        assertThat(names())
                .allSatisfy(
                        name -> assertThat(english.get(portuguese.get(name))).isEqualTo(english.get(name)));
    }

    @Test
    void namesOfOlderInstancesAndAnswersToDeedsAreKnown() {
        assertThat(english).containsEntry("Decide how to go on", "Step failed: choose how to continue");
        assertThat(portuguese)
                .containsEntry("Decide how to go on", "Etapa falhou: escolha como continuar")
                .containsEntry("The work begins now.", "O trabalho começa agora.")
                .containsEntry("version-upgrade", "Atualização de versão");
    }

    /** Names of processes, their steps, and the outcomes of what people start. */
    private static Set<String> names() throws IOException {
        Set<String> names = new TreeSet<>();
        for (Path file : ModelTextsTest.models()) {
            Bpmn.readModelFromStream(Files.newInputStream(file))
                    .getModelElementsByType(Process.class)
                    .forEach(process -> names(process).forEach(names::add));
        }
        return names;
    }

    private static Stream<String> names(Process process) {
        Stream<String> steps = Stream.of(
                        CallActivity.class, SubProcess.class, UserTask.class, ReceiveTask.class, ServiceTask.class)
                .flatMap(type -> process.getModelInstance().getModelElementsByType(type).stream())
                .map(element -> ((FlowElement) element).getName());
        Stream<String> outcomes = process.isCamundaStartableInTasklist()
                ? process.getChildElementsByType(EndEvent.class).stream().map(FlowElement::getName)
                : Stream.of();
        return Stream.of(Stream.of(process.getName()), steps, outcomes).flatMap(one -> one);
    }
}
