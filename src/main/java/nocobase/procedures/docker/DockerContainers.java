package nocobase.procedures.docker;

import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Containers;
import nocobase.procedures.cluster.DataJob;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.Progress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Commands, files and one-off jobs on one Docker engine. */
final class DockerContainers implements Containers {

    private static final Logger LOG = LoggerFactory.getLogger(DockerContainers.class);
    private static final Duration RENAME = Duration.ofSeconds(10);

    private final Engine engine;
    private final Archives archives;
    private final Commands commands;
    private final NamedContainers named;
    private final CutWrites cutWrites;
    private final DataJobs jobs;

    DockerContainers(String cluster, Engine engine, Clock clock) {
        this.engine = engine;
        this.archives = new Archives(engine);
        this.commands = new Commands(engine);
        this.named = new NamedContainers(engine);
        this.cutWrites = new CutWrites(commands, clock);
        this.jobs = new DataJobs(cluster, engine, named, archives, new NodeLogs(engine), clock);
    }

    /** How people call the engine. */
    String host() {
        return engine.name();
    }

    boolean has(String container) {
        return named.find(container).isPresent();
    }

    @Override
    public ExecResult exec(String container, List<String> command, Duration limit) {
        return present(container, () -> commands.run(container, command, limit));
    }

    /** In a container that does not run nobody can see a half-written file, and no command could rename it. */
    @Override
    public void write(String container, String path, byte[] content, int mode) {
        int slash = path.lastIndexOf('/');
        String directory = slash == 0 ? "/" : path.substring(0, slash);
        String file = path.substring(slash + 1);
        LOG.info("Writing {} ({} bytes) in container {}", path, content.length, container);
        if (!running(container)) {
            put(container, directory, file, content, mode);
            return;
        }
        cutWrites.tidyUp(container, directory);
        String temporary = directory + "/" + CutWrites.temporary(file);
        try {
            put(container, directory, temporary.substring(directory.length() + 1), content, mode);
            rename(container, temporary, path);
        } catch (RuntimeException e) {
            cutWrites.cut(container, temporary);
            throw e;
        }
    }

    private void rename(String container, String temporary, String path) {
        ExecResult renamed = exec(container, List.of("mv", "-f", temporary, path), RENAME);
        if (!renamed.succeeded()) {
            throw new CannotProceedException(Failure.ofNode(
                    container,
                    "The file " + path + " in container " + container + " could not be replaced: "
                            + renamed.output().strip(),
                    "Check that its directory is writable there, and that the container has the command mv.",
                    ""));
        }
    }

    private void put(String container, String directory, String file, byte[] content, int mode) {
        present(container, () -> {
            try {
                archives.put(container, directory, Map.of(file, content), mode);
                return null;
            } catch (NotFoundException e) {
                if (engine.container(container).isEmpty()) {
                    throw e;
                }
                throw new CannotProceedException(Failure.ofNode(
                        container,
                        "Container " + container + " has no directory " + directory + ".",
                        "Mount a volume there, or correct the configuration.",
                        ""));
            }
        });
    }

    @Override
    public byte[] read(String container, String path) {
        return archives.read(container, path).orElseGet(() -> {
            if (engine.container(container).isEmpty()) {
                throw absent(container);
            }
            return null;
        });
    }

    @Override
    public Progress<ExecResult> run(DataJob job) {
        return jobs.ensure(job);
    }

    @Override
    public void forget(String jobName) {
        jobs.forget(jobName);
    }

    @Override
    public boolean running(String container) {
        return engine.container(container)
                .map(json -> json.path("State").path("Running").asBoolean())
                .orElse(false);
    }

    @Override
    public String definition(String container) {
        return named.find(container).map(found -> found.json().toString()).orElse(null);
    }

    private <T> T present(String container, Supplier<T> call) {
        try {
            return call.get();
        } catch (NotFoundException e) {
            throw absent(container);
        } catch (ConflictException e) {
            throw new CannotProceedException(Failure.ofNode(
                    container,
                    "Container " + container + " does not run: " + Engine.reason(e),
                    "Start the container " + container + ", then try again.",
                    ""));
        }
    }

    private CannotProceedException absent(String container) {
        return new CannotProceedException(Failure.ofNode(
                container,
                "There is no container " + container + " on the Docker engine at " + engine.host() + ".",
                "Create it, or correct its name in the configuration of the cluster.",
                ""));
    }
}
