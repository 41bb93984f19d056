package nocobase.procedures.process;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.language.Messages;
import nocobase.procedures.security.Refusal;
import org.camunda.bpm.engine.delegate.DelegateTask;

/** The warnings of a plan: whoever goes on accepts each of them by name. */
public final class PlanWarnings {

    private static final Messages MESSAGES = Messages.of("process");

    private PlanWarnings() {}

    /** The warnings as the form offers them. */
    public static List<Map<String, String>> options(DelegateTask task) {
        return of(task).stream().map(name -> Choices.option(name, name)).toList();
    }

    /** @throws org.camunda.bpm.engine.ProcessEngineException naming the warnings that were not accepted */
    public static void requireAccepted(DelegateTask task) {
        if (!Boolean.TRUE.equals(task.getVariable("planAccepted"))) {
            return;
        }
        List<String> open = new ArrayList<>(of(task));
        Json.read(task.getVariable("acceptedWarnings")).forEach(accepted -> open.remove(accepted.asText()));
        if (!open.isEmpty()) {
            throw Refusal.badInput(MESSAGES.text("planWarnings.open", String.join(", ", open)));
        }
    }

    private static List<String> of(DelegateTask task) {
        return in(task.getVariable(Variables.CHECKS));
    }

    /** @param checks the report of the preconditions, or null */
    public static List<String> in(Object checks) {
        List<String> names = new ArrayList<>();
        for (JsonNode check : Json.read(checks)) {
            if (Check.Result.WARN.name().equals(check.path("result").asText())) {
                names.add(check.path("name").asText());
            }
        }
        return names;
    }
}
