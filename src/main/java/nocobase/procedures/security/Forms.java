package nocobase.procedures.security;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.camunda.bpm.dmn.feel.impl.FeelEngine;
import org.camunda.bpm.engine.BadUserRequestException;
import org.camunda.bpm.engine.impl.GetDeployedTaskFormCmd;
import org.camunda.bpm.engine.impl.cmd.GetDeployedStartFormCmd;
import org.camunda.bpm.engine.impl.context.Context;
import org.camunda.bpm.engine.impl.interceptor.Command;
import org.camunda.bpm.engine.impl.interceptor.CommandContext;
import org.camunda.bpm.engine.variable.VariableMap;

/**
 * Finds the form that a task or a process start asks with, as it was deployed with its model: a procedure that runs while
 * a newer version is deployed goes on asking what it asked.
 */
public final class Forms {

    private Forms() {}

    /** What a task asks a person for, by key; called by listeners, inside of an engine command. */
    public static List<String> questions(String taskId) {
        return ofTask(Context.getCommandContext(), taskId).questions();
    }

    /** The same questions, each without an answer but with the type that its answer will have. */
    public static VariableMap unanswered(String taskId) {
        return ofTask(Context.getCommandContext(), taskId).unanswered();
    }

    /** The texts that a task's form shows, as they were deployed. */
    public static List<String> texts(String taskId) {
        return ofTask(Context.getCommandContext(), taskId).texts();
    }

    /** What a procedure's start form asks for, by key. */
    public static List<String> startQuestions(String processDefinitionId) {
        return ofStart(Context.getCommandContext(), processDefinitionId).questions();
    }

    /**
     * The answers of a task as its form puts them, by key.
     *
     * @param known the task's variables, answers among them
     */
    public static Map<String, Worded> worded(String taskId, Supplier<Map<String, Object>> known) {
        return ofTask(Context.getCommandContext(), taskId).worded(known.get());
    }

    /** The same for the answers that a procedure was started with. */
    public static Map<String, Worded> wordedStart(String processDefinitionId, Supplier<Map<String, Object>> known) {
        return ofStart(Context.getCommandContext(), processDefinitionId).worded(known.get());
    }

    /** A question and its answer in the words of a form. */
    public record Worded(String question, String answer) {}

    static Form ofTask(CommandContext engine, String taskId) {
        return deployed(engine, new GetDeployedTaskFormCmd(taskId));
    }

    static Form ofStart(CommandContext engine, String processDefinitionId) {
        return deployed(engine, new GetDeployedStartFormCmd(processDefinitionId));
    }

    private static Form deployed(CommandContext engine, Command<InputStream> command) {
        FeelEngine feel = engine.getProcessEngineConfiguration()
                .getDmnEngineConfiguration()
                .getFeelEngine();
        try (InputStream json = engine.runWithoutAuthorization(command)) {
            return Form.parse(json, feel);
        } catch (BadUserRequestException e) {
            // No deployed form: nothing is asked, so nothing may be answered.
            return Form.withoutQuestions(feel);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
