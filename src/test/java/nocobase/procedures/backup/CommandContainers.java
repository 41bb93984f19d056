package nocobase.procedures.backup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import nocobase.procedures.cluster.*;

/** Interim: Containers by the docker command. */
final class CommandContainers implements Containers {

    record Out(int code, String text) {}

    static Out docker(String... args) {
        try {
            List<String> c = new ArrayList<>(List.of("docker"));
            c.addAll(List.of(args));
            Process p = new ProcessBuilder(c).redirectErrorStream(true).start();
            p.getOutputStream().close();
            String out = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Out(p.waitFor(), out);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public ExecResult exec(String container, List<String> command, Duration limit) {
        List<String> a = new ArrayList<>(List.of("exec", container));
        a.addAll(command);
        Out o = docker(a.toArray(String[]::new));
        return new ExecResult(o.code, o.text);
    }

    public void write(String container, String path, byte[] content, int mode) {
        throw new UnsupportedOperationException();
    }

    public byte[] read(String container, String path) {
        throw new UnsupportedOperationException();
    }

    public Progress<ExecResult> run(DataJob job) {
        Out state = docker("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", job.name());
        if (state.code != 0) {
            create(job);
            return Progress.pending("started");
        }
        String[] s = state.text.strip().split(" ");
        if (s[0].equals("exited")) {
            return Progress.done(new ExecResult(Integer.parseInt(s[1]), docker("logs", job.name()).text));
        }
        if (s[0].equals("created")) {
            docker("rm", "-f", "-v", job.name());
            create(job);
        }
        return Progress.pending("running");
    }

    private void create(DataJob job) {
        List<String> a = new ArrayList<>(List.of(
                "create",
                "--name",
                job.name(),
                "--label",
                "nocobase.procedures.test=true",
                "--entrypoint",
                "",
                "--user",
                "0",
                "--network",
                job.network()));
        job.environment().forEach((k, v) -> a.addAll(List.of("-e", k + "=" + v)));
        job.mounts().forEach(m -> a.addAll(List.of("-v", m)));
        if (job.volumesFrom() != null) a.addAll(List.of("--volumes-from", job.volumesFrom()));
        String image = job.image() != null
                ? job.image()
                : docker("inspect", "-f", "{{.Config.Image}}", job.like()).text.strip();
        a.add(image);
        a.addAll(job.command());
        Out o = docker(a.toArray(String[]::new));
        if (o.code != 0) throw new IllegalStateException(o.text);
        try {
            Path dir = Files.createTempDirectory("job");
            for (var f : job.files().entrySet()) {
                Path p = dir.resolve(f.getKey().substring(1));
                Files.createDirectories(p.getParent());
                Files.writeString(p, f.getValue());
                Files.setPosixFilePermissions(p, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
            }
            if (!job.files().isEmpty()) {
                Out cp = docker("cp", dir + "/.", job.name() + ":/");
                if (cp.code != 0) throw new IllegalStateException(cp.text);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        Out st = docker("start", job.name());
        if (st.code != 0) throw new IllegalStateException(st.text);
    }

    public void forget(String jobName) {
        docker("rm", "-f", "-v", jobName);
    }

    public boolean running(String container) {
        return docker("inspect", "-f", "{{.State.Running}}", container)
                .text
                .strip()
                .equals("true");
    }
}
