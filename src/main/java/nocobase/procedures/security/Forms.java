package nocobase.procedures.security;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.camunda.bpm.dmn.feel.impl.FeelEngine;
import org.camunda.bpm.engine.BadUserRequestException;
import org.camunda.bpm.engine.impl.GetDeployedTaskFormCmd;
import org.camunda.bpm.engine.impl.cmd.GetDeployedStartFormCmd;
import org.camunda.bpm.engine.impl.context.Context;
import org.camunda.bpm.engine.impl.interceptor.Command;
import org.camunda.bpm.engine.impl.interceptor.CommandContext;

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
