package nocobase.procedures.campaign;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.WaitContainerResultCallback;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.HostConfig;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import nocobase.procedures.docker.DockerScene;

/** What an administrator does at the prompt of the cluster's host. */
final class Shell {

    private static final DockerClient DOCKER = DockerScene.docker();

    private Shell() {}

    /** @return what the script wrote, in a container of its own with a volume at {@code /volume} */
    static String onVolume(String volume, String script) {
        String container = DOCKER.createContainerCmd("local/debian:bookworm")
                .withLabels(Map.of(DockerScene.TEST_LABEL, "true"))
                .withCmd("bash", "-ec", script)
                .withHostConfig(HostConfig.newHostConfig().withBinds(Bind.parse(volume + ":/volume")))
                .exec()
                .getId();
        try {
            DOCKER.startContainerCmd(container).exec();
            int status = DOCKER.waitContainerCmd(container)
                    .exec(new WaitContainerResultCallback())
                    .awaitStatusCode();
            Output output = new Output();
            DOCKER.logContainerCmd(container)
                    .withStdOut(true)
                    .withStdErr(true)
                    .exec(output)
                    .awaitCompletion();
            if (status != 0) {
                throw new IllegalStateException(script + " ended with " + status + ": " + output);
            }
            return output.toString();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            DOCKER.removeContainerCmd(container).withForce(true).exec();
        }
    }

    /** @return what the script wrote, in a running container */
    static String in(String container, String script) {
        String id = DOCKER.execCreateCmd(container)
                .withCmd("sh", "-c", script)
                .withAttachStdout(true)
                .withAttachStderr(true)
                .exec()
                .getId();
        try {
            Output output = new Output();
            DOCKER.execStartCmd(id).exec(output).awaitCompletion();
            return output.toString();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static final class Output extends ResultCallback.Adapter<Frame> {
        private final StringBuffer text = new StringBuffer();

        @Override
        public void onNext(Frame frame) {
            text.append(new String(frame.getPayload(), StandardCharsets.UTF_8));
        }

        @Override
        public String toString() {
            return text.toString().strip();
        }
    }
}
