package nocobase.procedures.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nocobase.procedures.language.Language;
import nocobase.procedures.language.PlainTexts;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.camunda.bpm.model.bpmn.BpmnModelInstance;
import org.camunda.bpm.model.bpmn.instance.BaseElement;
import org.camunda.bpm.model.bpmn.instance.FlowElement;
import org.camunda.bpm.model.bpmn.instance.Message;
import org.camunda.bpm.model.bpmn.instance.Process;
import org.camunda.bpm.model.xml.instance.ModelElementInstance;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each label of a model has its Portuguese text; what people read otherwise in English has one too. */
class ModelTextsTest {

    private static final PlainTexts TEXTS = PlainTexts.of("models");
    /** Words that a model may hold, since its labels spell ids, and that people are not to read (words.md). */
    private static final Pattern FORBIDDEN = Pattern.compile(
            "(?i)\\b(mend|mended|503 page|way back|way in|go on|try again|anew|by hand|look after|look into|untidy|proved)\\b");

    @AfterEach
    void backToEnglish() {
        Language.speak(Language.ENGLISH);
    }

    static List<Path> models() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("processes"))) {
            return files.filter(file -> file.toString().endsWith(".bpmn"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void eachLabelHasItsPortugueseTextAndNoneIsSuperfluous() throws IOException {
        Set<String> keys = new TreeSet<>();
        for (Path file : models()) {
            BpmnModelInstance model = Bpmn.readModelFromFile(file.toFile());
            labels(model).values().forEach(label -> keys.add(ModelTexts.key(label)));
            model.getModelElementsByType(Process.class)
                    .forEach(process -> keys.add(ModelTexts.documentationKey(process.getId())));
        }
        assertThat(TEXTS.keys(Language.PORTUGUESE)).isEqualTo(keys);
        assertThat(keys).containsAll(TEXTS.keys(Language.ENGLISH));
    }

    @ParameterizedTest
    @ValueSource(strings = {"texts.properties", "texts_pt_BR.properties"})
    void aKeyStandsInItsBundleOnceInOrder(String bundle) throws IOException {
        List<String> keys =
                Files.readAllLines(Path.of("src/main/resources/nocobase/procedures/models", bundle)).stream()
                        .map(line -> line.split("=", 2)[0])
                        .toList();
        assertThat(keys).doesNotHaveDuplicates().isSorted();
    }

    @ParameterizedTest
    @MethodSource("models")
    void nothingButNamesAndDocumentationIsTranslated(Path file) throws IOException {
        byte[] english = Files.readAllBytes(file);
        Language.speak(Language.PORTUGUESE);
        BpmnModelInstance model = Bpmn.readModelFromStream(new ByteArrayInputStream(ModelTexts.spoken(english)));
        BpmnModelInstance before = Bpmn.readModelFromStream(new ByteArrayInputStream(english));

        assertThat(ids(model)).isEqualTo(ids(before));
        assertThat(messages(model)).isEqualTo(messages(before));
        assertThat(text(model).replaceAll("\\s", "")).isEqualTo(text(before).replaceAll("\\s", ""));
        labels(before)
                .forEach((id, label) -> assertThat(labels(model).get(id))
                        .isEqualTo(TEXTS.find(ModelTexts.key(label)).orElseThrow()));
    }

    @ParameterizedTest
    @MethodSource("models")
    void whatPeopleReadInEnglishUsesOurWords(Path file) throws IOException {
        byte[] shown = ModelTexts.spoken(Files.readAllBytes(file));
        assertThat(labels(Bpmn.readModelFromStream(new ByteArrayInputStream(shown)))
                        .values())
                .noneMatch(label -> FORBIDDEN.matcher(label).find());
    }

    private static Map<String, String> labels(BpmnModelInstance model) {
        Map<String, String> labels = new TreeMap<>();
        model.getModelElementsByType(Process.class).forEach(process -> labels.put(process.getId(), process.getName()));
        model.getModelElementsByType(FlowElement.class).stream()
                .filter(element ->
                        element.getName() != null && !element.getName().isBlank())
                .forEach(element -> labels.put(element.getId(), element.getName()));
        return labels;
    }

    private static Set<String> ids(BpmnModelInstance model) {
        return model.getModelElementsByType(BaseElement.class).stream()
                .map(BaseElement::getId)
                .filter(Objects::nonNull)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<String> messages(BpmnModelInstance model) {
        return model.getModelElementsByType(Message.class).stream()
                .map(Message::getName)
                .toList();
    }

    /** The whole model without what is translated. */
    private static String text(BpmnModelInstance model) {
        model.getModelElementsByType(Process.class).stream()
                .flatMap(process -> process.getDocumentations().stream())
                .forEach((ModelElementInstance documentation) -> documentation.setTextContent(""));
        return Bpmn.convertToString(model).replaceAll(" name=\"[^\"]*\"", "");
    }
}
