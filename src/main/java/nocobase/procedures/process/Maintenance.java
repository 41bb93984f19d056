package nocobase.procedures.process;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import nocobase.procedures.language.Messages;
import org.camunda.bpm.engine.delegate.DelegateTask;

/** What the starter of an in-app maintenance asked for, in words. */
public final class Maintenance {

    private static final Messages MESSAGES = Messages.of("process");
    private static final Set<String> WORKS = Set.of("plugins", "restorePoints", "migration", "byHand");

    private Maintenance() {}

    public static void showIn(DelegateTask task) {
        Object works = task.getVariable("works");
        if (works == null) {
            return;
        }
        task.setVariableLocal("worksShown", inWords(Json.read(works)));
        task.setVariableLocal(
                "restorePointPlan",
                Boolean.TRUE.equals(task.getVariable("restorePointFirst"))
                        ? MESSAGES.text("maintenance.restorePoint")
                        : MESSAGES.text("maintenance.noRestorePoint"));
    }

    private static String inWords(JsonNode works) {
        List<String> words = new ArrayList<>();
        works.forEach(work -> words.add(inWords(work.asText())));
        return words.stream()
                .reduce((before, next) -> MESSAGES.text("maintenance.then", before, next))
                .orElse("");
    }

    private static String inWords(String work) {
        return WORKS.contains(work) ? MESSAGES.text("maintenance." + work) : work;
    }
}
