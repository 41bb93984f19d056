package nocobase.procedures.docker;

import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Containers;
import nocobase.procedures.cluster.DataJob;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.MayHealException;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.language.Messages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Commands, files and one-off jobs on one Docker engine. */
final class HostContainers implements Containers {

    private static final Messages MESSAGES = Messages.of("docker");

    private static final Logger LOG = LoggerFactory.getLogger(HostContainers.class);
    private static final Duration RENAME = Duration.ofSeconds(10);

    private final DockerEngine engine;
    private final Archives archives;
    private final Commands commands;
    private final NamedContainers named;
    private final NodeVariables variables;
    private final CutWrites cutWrites;
    private final DataJobs jobs;

    /** @param stack tells this cluster from others of its name */
    HostContainers(String cluster, String stack, NodesNetworks nodesNetworks, DockerEngine engine, Clock clock) {
        this.engine = engine;
        this.archives = new Archives(engine);
        this.commands = new Commands(engine);
        this.named = new NamedContainers(engine, new Asides(engine, archives));
        this.variables = new NodeVariables(archives, clock);
        this.cutWrites = new CutWrites(commands, clock);
        this.jobs = new DataJobs(cluster, stack, nodesNetworks, engine, named, archives, new NodeLogs(engine), clock);
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
    public void write(String container, Map<String, byte[]> files, int mode) {
        String directory = directoryOf(files.keySet());
        Map<String, byte[]> contents = new TreeMap<>();
        files.forEach((path, content) -> contents.put(path.substring(path.lastIndexOf('/') + 1), content));
        LOG.info("Writing {} in container {}", written(directory, contents), container);
        if (!running(container)) {
            put(container, directory, "", contents, mode);
            return;
        }
        cutWrites.tidyUp(container, directory);
        String temporary = directory + "/"
                + CutWrites.temporary(contents.keySet().iterator().next());
        try {
            replace(container, directory, temporary, contents, mode);
        } catch (RuntimeException e) {
            cutWrites.cut(container, temporary);
            throw e;
        }
    }

    private void replace(String container, String directory, String temporary, Map<String, byte[]> contents, int mode) {
        boolean single = contents.size() == 1;
        ExecResult renamed = single
                ? replaceOne(container, directory, temporary, contents, mode)
                : replaceAll(container, directory, temporary, contents, mode);
        // Each command costs a tenth of a second, and clients wait: nothing is left of one file that was renamed.
        if (!single || !renamed.succeeded()) {
            exec(container, List.of("rm", "-rf", temporary), RENAME);
        }
        if (!renamed.succeeded()) {
            throw new CannotProceedException(Failure.ofNode(
                    container,
                    MESSAGES,
                    "files.notReplaced.",
                    directory,
                    renamed.output().strip()));
        }
    }

    private ExecResult replaceOne(
            String container, String directory, String temporary, Map<String, byte[]> contents, int mode) {
        Map.Entry<String, byte[]> file = contents.entrySet().iterator().next();
        String name = temporary.substring(temporary.lastIndexOf('/') + 1);
        put(container, directory, "", Map.of(name, file.getValue()), mode);
        return exec(container, List.of("mv", "-f", temporary, directory + "/" + file.getKey()), RENAME);
    }

    /** In a directory of their own, from which one command renames them all. */
    private ExecResult replaceAll(
            String container, String directory, String temporary, Map<String, byte[]> contents, int mode) {
        put(container, directory, temporary.substring(temporary.lastIndexOf('/') + 1) + "/", contents, mode);
        List<String> command = new ArrayList<>(List.of("mv", "-f"));
        contents.keySet().forEach(file -> command.add(temporary + "/" + file));
        command.add(directory + "/");
        return exec(container, command, RENAME);
    }

    private static String directoryOf(Set<String> paths) {
        Set<String> directories = paths.stream()
                .map(path -> path.substring(0, path.lastIndexOf('/')))
                .collect(Collectors.toSet());
        if (directories.size() != 1) {
            throw new IllegalArgumentException("Files of one directory are expected, not " + paths);
        }
        return directories.iterator().next();
    }

    private static String written(String directory, Map<String, byte[]> contents) {
        return contents.entrySet().stream()
                .map(file -> directory + "/" + file.getKey() + " (" + file.getValue().length + " bytes)")
                .collect(Collectors.joining(", "));
    }

    private void put(String container, String directory, String below, Map<String, byte[]> contents, int mode) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        contents.forEach((file, content) -> files.put(below + file, content));
        present(container, () -> {
            try {
                archives.put(container, directory.isEmpty() ? "/" : directory, files, mode);
                return null;
            } catch (NotFoundException e) {
                if (engine.container(container).isEmpty()) {
                    throw e;
                }
                throw new CannotProceedException(
                        Failure.ofNode(container, MESSAGES, "container.noDirectory.", directory));
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
    public Map<String, byte[]> read(String container, String directory, Set<String> names) {
        Map<String, byte[]> found = archives.read(container, directory, names);
        if (found.isEmpty() && engine.container(container).isEmpty()) {
            throw absent(container);
        }
        return found;
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

    @Override
    public Map<String, String> variables(String container) {
        return named.find(container)
                .map(found -> variables.with(found).variables())
                .orElse(Map.of());
    }

    private <T> T present(String container, Supplier<T> call) {
        try {
            return call.get();
        } catch (NotFoundException e) {
            throw absent(container);
        } catch (ConflictException e) {
            throw new MayHealException(
                    Failure.ofNode(container, MESSAGES, "container.notRunning.", DockerEngine.reason(e)));
        }
    }

    private CannotProceedException absent(String container) {
        return new CannotProceedException(Failure.ofNode(container, MESSAGES, "container.absent.", engine.host()));
    }
}
