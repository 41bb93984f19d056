package nocobase.procedures.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import nocobase.procedures.language.Language;
import nocobase.procedures.language.Messages;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.camunda.bpm.model.bpmn.BpmnModelInstance;
import org.camunda.bpm.model.bpmn.instance.FlowElement;
import org.camunda.bpm.model.bpmn.instance.Process;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.util.StringUtils;

/**
 * What a page needs in order to say a model's names in its reader's language: instances keep the language of the
 * installation, or the name of the file, that they were started with. The names come from where the models' own come from.
 */
public final class ShownNames {

    private static final Messages MESSAGES = Messages.of("process");
    /** Answers to deeds are shown on the same page. */
    private static final List<String> DEEDS = List.of("deed.cancelled", "deed.ended", "deed.started");

    private ShownNames() {}

    /** @return in each language, what stands for a name, in whatever language or age it is found */
    public static Map<Locale, Map<String, String>> all() {
        Map<Locale, Map<String, String>> names = new TreeMap<>(Comparator.comparing(Locale::toLanguageTag));
        Language.ALL.forEach(language -> names.put(language, new TreeMap<>()));
        Models.LABELS.forEach(
                (found, label) -> Language.ALL.forEach(language -> enter(names.get(language), found, label, language)));
        DEEDS.stream().map(MESSAGES::everyText).forEach(texts -> enter(names, texts));
        return names;
    }

    /** A process, by its id, in the installation's language. */
    public static String ofProcess(String id) {
        return ModelTexts.shown(Models.LABELS.getOrDefault(id, id), Language.spoken());
    }

    private static void enter(Map<String, String> known, String found, String label, Locale language) {
        String shown = ModelTexts.shown(label, language);
        known.put(found, shown);
        Language.ALL.forEach(other -> known.putIfAbsent(ModelTexts.shown(label, other), shown));
    }

    private static void enter(Map<Locale, Map<String, String>> names, List<String> texts) {
        for (int i = 0; i < texts.size(); i++) {
            Map<String, String> known = names.get(Language.ALL.get(i));
            for (String text : texts) {
                known.put(text, texts.get(i));
            }
        }
    }

    /** The files, read once. */
    private static final class Models {

        /** Labels as they stand in the files, also by the ids of processes. */
        static final Map<String, String> LABELS = read();

        private static Map<String, String> read() {
            Map<String, String> labels = new TreeMap<>();
            try {
                for (Resource file :
                        new PathMatchingResourcePatternResolver().getResources("classpath*:processes/*.bpmn")) {
                    try (InputStream content = file.getInputStream()) {
                        enter(Bpmn.readModelFromStream(content), labels);
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return labels;
        }

        private static void enter(BpmnModelInstance model, Map<String, String> labels) {
            for (Process process : model.getModelElementsByType(Process.class)) {
                labels.put(process.getName(), process.getName());
                labels.put(process.getId(), process.getName());
            }
            model.getModelElementsByType(FlowElement.class).stream()
                    .map(FlowElement::getName)
                    .filter(StringUtils::hasText)
                    .forEach(name -> labels.put(name, name));
        }
    }
}
