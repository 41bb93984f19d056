package nocobase.procedures.balancer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Containers;
import nocobase.procedures.cluster.DataJob;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.Progress;

/**
 * {@link Containers} by the docker command, so that this room's tests need no other room. It keeps what was run, and can be told
 * to die at a command, as the engine does when it is killed.
 */
final class DockerCommands implements Containers {

    /** Stands for the SIGKILL of the engine. */
    static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private final List<String> ran = new ArrayList<>();
    private String deadly;

    void killAt(String command) {
        deadly = command;
    }

    List<String> ran() {
        return List.copyOf(ran);
    }

    @Override
    public ExecResult exec(String container, List<String> command, Duration limit) {
        String line = String.join(" ", command);
        if (line.equals(deadly)) {
            throw new Killed();
        }
        ran.add(line);
        if (!running(container)) {
            throw new CannotProceedException(
                    Failure.of("Container " + container + " does not run.", "Start it, then retry."));
        }
        List<String> words = new ArrayList<>(List.of("docker", "exec", container));
        words.addAll(command);
        return docker(words, null);
    }

    @Override
    public void write(String container, String path, byte[] content, int mode) {
        String script = "set -e; umask 077; cat > \"$0.tmp\"; chmod " + Integer.toOctalString(mode)
                + " \"$0.tmp\"; mv \"$0.tmp\" \"$0\"";
        ExecResult result = docker(List.of("docker", "exec", "-i", container, "sh", "-c", script, path), content);
        if (!result.succeeded()) {
            throw new IllegalStateException(result.output());
        }
    }

    @Override
    public byte[] read(String container, String path) {
        ExecResult result = docker(List.of("docker", "exec", container, "cat", path), null);
        return result.succeeded() ? result.output().getBytes(StandardCharsets.UTF_8) : null;
    }

    @Override
    public Progress<ExecResult> run(DataJob job) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void forget(String jobName) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean running(String container) {
        return docker(List.of("docker", "inspect", "-f", "{{.State.Running}}", container), null)
                .output()
                .strip()
                .equals("true");
    }

    static ExecResult docker(List<String> words, byte[] input) {
        try {
            Process process =
                    new ProcessBuilder(words).redirectErrorStream(true).start();
            if (input != null) {
                process.getOutputStream().write(input);
            }
            process.getOutputStream().close();
            ByteArrayOutputStream output = new ByteArrayOutputStream();
            process.getInputStream().transferTo(output);
            return new ExecResult(process.waitFor(), output.toString(StandardCharsets.UTF_8));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    @Override
    public String definition(String container) {
        throw new UnsupportedOperationException("the balancer asks for no definition");
    }
}
