package nocobase.procedures.nocobase;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import nocobase.procedures.cluster.Containers;
import nocobase.procedures.cluster.DataJob;
import nocobase.procedures.cluster.Progress;

/**
 * A "container" that is a directory of this machine: commands run here, with its folders in the place of the real ones and a
 * yarn of the test's making.
 */
final class LocalContainer implements Containers {

    final Path root;

    LocalContainer(Path root) {
        this.root = root;
        file("bin/.keep", "");
        file("tmp/.keep", "");
    }

    /** The script that stands for NocoBase's command line; its arguments go into the file calls. One that runs goes on. */
    void yarn(String script) {
        file("bin/yarn.new", "#!/bin/sh\necho \"$*\" >> " + root + "/calls\n" + script + "\n");
        root.resolve("bin/yarn.new").toFile().setExecutable(true);
        try {
            Files.move(root.resolve("bin/yarn.new"), root.resolve("bin/yarn"), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<String> calls() {
        try {
            return Files.exists(root.resolve("calls")) ? Files.readAllLines(root.resolve("calls")) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void file(String path, String content) {
        try {
            Path file = root.resolve(path);
            Files.createDirectories(file.getParent());
            Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public ExecResult exec(String container, List<String> command, Duration limit) {
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command.stream().map(this::local).toList()).redirectErrorStream(true);
            builder.environment().merge("PATH", root + "/bin", (old, bin) -> bin + ":" + old);
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes());
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("A command that should come back at once did not: " + command);
            }
            return new ExecResult(process.exitValue(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private String local(String text) {
        return text.replace("/tmp/nocobase-procedures", root + "/tmp/nocobase-procedures")
                .replace("/app/nocobase/", root + "/app/nocobase/");
    }

    @Override
    public Map<String, byte[]> read(String container, String directory, Set<String> names) {
        throw new UnsupportedOperationException();
    }

    @Override
    public byte[] read(String container, String path) {
        try {
            Path file = Path.of(local(path));
            return Files.exists(file) ? Files.readAllBytes(file) : null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void write(String container, Map<String, byte[]> files, int mode) {
        throw new UnsupportedOperationException();
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
        return true;
    }

    @Override
    public Map<String, String> variables(String container) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String definition(String container) {
        throw new UnsupportedOperationException();
    }
}
