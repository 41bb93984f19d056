package nocobase.procedures.balancer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nocobase.procedures.cluster.Containers;
import nocobase.procedures.cluster.DataJob;
import nocobase.procedures.cluster.Progress;

/**
 * The real containers, with a record of the commands; it can be told to die at one, as the engine does when it is killed, or
 * to let one fail.
 */
final class RecordedContainers implements Containers {

    /** Stands for the SIGKILL of the engine. */
    static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private final Containers real;
    private final List<String> ran = new ArrayList<>();
    private String deadly;
    private String refused;
    private ExecResult refusal;

    RecordedContainers(Containers real) {
        this.real = real;
    }

    void killAt(String command) {
        deadly = command;
    }

    /** The command is not run; that is its answer. */
    void refuse(String command, ExecResult answer) {
        refused = command;
        refusal = answer;
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
        if (line.equals(refused)) {
            return refusal;
        }
        return real.exec(container, command, limit);
    }

    @Override
    public void write(String container, Map<String, byte[]> files, int mode) {
        real.write(container, files, mode);
    }

    @Override
    public byte[] read(String container, String path) {
        return real.read(container, path);
    }

    @Override
    public Map<String, byte[]> read(String container, String directory, Set<String> names) {
        return real.read(container, directory, names);
    }

    @Override
    public Progress<ExecResult> run(DataJob job) {
        return real.run(job);
    }

    @Override
    public void forget(String jobName) {
        real.forget(jobName);
    }

    @Override
    public boolean running(String container) {
        return real.running(container);
    }

    @Override
    public Map<String, String> variables(String container) {
        return real.variables(container);
    }

    @Override
    public String definition(String container) {
        return real.definition(container);
    }
}
