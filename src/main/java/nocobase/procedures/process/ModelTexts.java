package nocobase.procedures.process;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nocobase.procedures.language.PlainTexts;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.camunda.bpm.model.bpmn.BpmnModelInstance;
import org.camunda.bpm.model.bpmn.instance.Documentation;
import org.camunda.bpm.model.bpmn.instance.FlowElement;
import org.camunda.bpm.model.bpmn.instance.Process;

/**
 * Puts the installation's language into a model: what people read of it in Tasklist, in Cockpit and in evidence. The files are
 * English, and their labels spell ids and beans; in the English bundle stands only what people read otherwise. Ids, messages
 * and errors stay as they are.
 */
public final class ModelTexts {

    private static final PlainTexts TEXTS = PlainTexts.of("models");

    private ModelTexts() {}

    /** @return the same bytes where nothing is to be said otherwise, so that no new version is deployed for nothing */
    public static byte[] spoken(byte[] file) {
        BpmnModelInstance model = Bpmn.readModelFromStream(new ByteArrayInputStream(file));
        boolean changed = false;
        for (Process process : model.getModelElementsByType(Process.class)) {
            changed |= say(process);
        }
        for (FlowElement element : model.getModelElementsByType(FlowElement.class)) {
            Optional<String> name = Optional.ofNullable(element.getName()).flatMap(ModelTexts::shown);
            name.ifPresent(element::setName);
            changed |= name.isPresent();
        }
        return changed ? written(model) : file;
    }

    /** A label's key: {@code Stop all nodes} has {@code stopAllNodes}, {@code All nodes ready?} has {@code allNodesReady?}. */
    static String key(String label) {
        String joined = Stream.of(label.replaceAll("['’]", "").split("[^\\p{L}\\p{N}]+"))
                .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
                .collect(Collectors.joining());
        return joined.substring(0, 1).toLowerCase(Locale.ROOT) + joined.substring(1) + (label.endsWith("?") ? "?" : "");
    }

    static String documentationKey(String process) {
        return process + ".documentation";
    }

    /** What people read for a label of the files. */
    static String shown(String label, Locale language) {
        return TEXTS.find(key(label), language).orElse(label);
    }

    private static Optional<String> shown(String label) {
        return label.isBlank() ? Optional.empty() : TEXTS.find(key(label));
    }

    private static boolean say(Process process) {
        Optional<String> name = shown(process.getName());
        name.ifPresent(process::setName);
        Optional<String> documentation = TEXTS.find(documentationKey(process.getId()));
        Collection<Documentation> known = process.getDocumentations();
        documentation.ifPresent(text -> known.forEach(element -> element.setTextContent(text)));
        return name.isPresent() || documentation.isPresent();
    }

    private static byte[] written(BpmnModelInstance model) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Bpmn.writeModelToStream(bytes, model);
        return bytes.toByteArray();
    }
}
