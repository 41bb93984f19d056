package nocobase.procedures.process;

import java.util.Locale;
import java.util.function.UnaryOperator;
import nocobase.procedures.cluster.PluginChange;
import nocobase.procedures.language.Messages;
import nocobase.procedures.security.Refusal;

/** The work that a person chose in a maintenance. */
public final class WorkRequest {

    private static final Messages MESSAGES = Messages.of("process");

    private WorkRequest() {}

    /**
     * Refuses what could not be done, while the form is still open.
     *
     * @throws org.camunda.bpm.engine.ProcessEngineException with a refusal that names the field
     */
    public static void requireSound(UnaryOperator<String> answers) {
        if (!"plugin".equals(answers.apply(Variables.WORK))) {
            return;
        }
        try {
            pluginChange(answers);
        } catch (IllegalArgumentException e) {
            throw Refusal.badInput(MESSAGES.text("plugin.refused", e.getMessage()));
        }
    }

    /** @throws IllegalArgumentException if something is missing or not of the expected form */
    public static PluginChange pluginChange(UnaryOperator<String> answers) {
        String action = answers.apply("pluginAction");
        if (action == null || action.isBlank()) {
            throw new IllegalArgumentException(MESSAGES.text("plugin.actionMissing"));
        }
        String source = answers.apply("pluginSource");
        return new PluginChange(
                PluginChange.Kind.valueOf(action.toUpperCase(Locale.ROOT)),
                name(answers),
                source == null ? "" : source);
    }

    /** One that is there is chosen from a list; one that is to be added has its name written. */
    private static String name(UnaryOperator<String> answers) {
        String chosen = answers.apply("pluginChosen");
        return chosen == null || chosen.isBlank() || "add".equals(answers.apply("pluginAction"))
                ? answers.apply("pluginName")
                : chosen;
    }
}
