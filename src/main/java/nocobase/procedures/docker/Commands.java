package nocobase.procedures.docker;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Frame;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import nocobase.procedures.cluster.Containers.ExecResult;
import nocobase.procedures.language.Messages;

/** Commands in running containers. */
final class Commands {

    private static final Messages MESSAGES = Messages.of("docker");

    private final DockerEngine engine;

    Commands(DockerEngine engine) {
        this.engine = engine;
    }

    /** @throws EngineFault if the command has not ended within the limit; it goes on in the container */
    ExecResult run(String container, List<String> command, Duration limit) {
        String id = engine.control()
                .execCreateCmd(container)
                .withCmd(command.toArray(String[]::new))
                .withAttachStdout(true)
                .withAttachStderr(true)
                .exec()
                .getId();
        Output output = new Output();
        try (Collected collected = engine.patient().execStartCmd(id).exec(new Collected(output))) {
            if (!collected.awaitCompletion(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new EngineFault(
                        MESSAGES.text("command.late", command.get(0), container, limit.toSeconds()), null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineFault(MESSAGES.text("engine.interrupted"), e);
        } catch (IOException e) {
            throw new EngineFault(MESSAGES.text("command.brokeOff", command.get(0), container), e);
        }
        return new ExecResult(exitCode(id), output.toString());
    }

    private int exitCode(String id) {
        Long code = engine.control().inspectExecCmd(id).exec().getExitCodeLong();
        if (code == null) {
            throw new EngineFault(MESSAGES.text("command.noExitCode"), null);
        }
        return code.intValue();
    }

    /** Gathers standard output and standard error in order. */
    static final class Collected extends ResultCallback.Adapter<Frame> {

        private final Output output;

        Collected(Output output) {
            this.output = output;
        }

        @Override
        public void onNext(Frame frame) {
            output.add(frame.getPayload());
        }
    }
}
