package nocobase.procedures.process;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.delegate.DelegateTask;

/** What the starter of an in-app maintenance asked for, in words. */
final class Maintenance {

    private static final Map<String, String> WORKS = Map.of(
            "plugins", "manage plugins",
            "restorePoints", "back up, prove or restore",
            "migration", "migrate from another cluster",
            "byHand", "work by hand");

    private Maintenance() {}

    static void showIn(DelegateTask task) {
        Object works = task.getVariable("works");
        if (works == null) {
            return;
        }
        task.setVariableLocal("worksShown", String.join(", then ", inWords(Json.read(works))));
        task.setVariableLocal(
                "restorePointPlan",
                Boolean.TRUE.equals(task.getVariable("restorePointFirst"))
                        ? "Take a restore point; without it nothing goes on."
                        : "**No restore point is taken first**, as you asked.");
    }

    private static List<String> inWords(JsonNode works) {
        List<String> words = new ArrayList<>();
        works.forEach(work -> words.add(WORKS.getOrDefault(work.asText(), work.asText())));
        return words;
    }
}
