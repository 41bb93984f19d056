package nocobase.procedures.docker;

import com.github.dockerjava.api.exception.DockerException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import nocobase.procedures.language.Messages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a container wrote. */
final class NodeLogs {

    private static final Messages MESSAGES = Messages.of("docker");

    private static final Logger LOG = LoggerFactory.getLogger(NodeLogs.class);
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final DockerEngine engine;

    NodeLogs(DockerEngine engine) {
        this.engine = engine;
    }

    /** The last lines, without the secrets among its variables; empty if there is none, or its log driver keeps none. */
    String tail(NodeContainer container, int lines) {
        try {
            return Secrets.of(container.variables()).mask(read(container.id(), lines));
        } catch (DockerException e) {
            LOG.info("The log of {} cannot be read: {}", container.name(), DockerEngine.reason(e));
            return "";
        }
    }

    /** The last lines as they are, cut to the last 64 KiB. */
    String read(String container, int lines) {
        Output output = new Output();
        try (Commands.Collected collected = engine.control()
                .logContainerCmd(container)
                .withStdOut(true)
                .withStdErr(true)
                .withTail(lines)
                .exec(new Commands.Collected(output))) {
            if (!collected.awaitCompletion(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new EngineFault(MESSAGES.text("log.late", container, LIMIT.toSeconds()), null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineFault(MESSAGES.text("engine.interrupted"), e);
        } catch (IOException e) {
            throw new EngineFault(MESSAGES.text("log.brokeOff", container), e);
        }
        return output.toString();
    }
}
