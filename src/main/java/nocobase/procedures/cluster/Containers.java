package nocobase.procedures.cluster;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What balancer, restore points and application need of the container engine: commands and files in a container, and one-off
 * jobs that outlive this process.
 */
public interface Containers {

    /**
     * Runs a command in a running container, as an argument list: no shell sees it.
     *
     * @param limit how long to wait, at most a few seconds in a delegate
     * @throws CannotProceedException if the container does not exist
     * @throws MayHealException if it does not run
     */
    ExecResult exec(String container, List<String> command, Duration limit);

    /** Writes a file atomically (a temporary name beside it, then a rename) into a container; its directory must exist. */
    default void write(String container, String path, byte[] content, int mode) {
        write(container, Map.of(path, content), mode);
    }

    /**
     * Writes several files of one directory, each of them atomically. Takes about as long as one file does, for it is the
     * calls to the engine that cost.
     *
     * @param files contents by absolute path; all in the same directory, which must exist
     */
    void write(String container, Map<String, byte[]> files, int mode);

    /** @return the file's content, or null if there is no such file */
    byte[] read(String container, String path);

    /**
     * Reads several files of one directory in about the time that one takes.
     *
     * @return contents by name; what is not there, or is no file, is left out. So is what an answer lacks that broke off unseen:
     *     whoever goes by its absence asks again with {@link #read(String, String)}
     */
    Map<String, byte[]> read(String container, String directory, Set<String> names);

    /**
     * Ensures that the job was started once, and reports where it stands. The job's container bears the job's name, goes on
     * without us and stays after its end until {@link #forget}: a repeated call finds it.
     */
    Progress<ExecResult> run(DataJob job);

    /** Stops and removes the job's container, if there is one. */
    void forget(String jobName);

    /** Whether the container runs. False also if there is none. */
    boolean running(String container);

    /**
     * The container's full definition as its engine keeps it (JSON), or null if there is no such container. It holds
     * secrets (environment variables): it is written where only root can read it, and never shown.
     */
    String definition(String container);

    /**
     * The variables that NocoBase in the container gets: its own environment, and for what that leaves open the file that
     * NocoBase reads, mounted or not. Empty if there is no such container. They hold secrets, as the definition does.
     */
    Map<String, String> variables(String container);

    /**
     * What a command left behind.
     *
     * @param output standard output and standard error, in order, cut to the last 64 KiB
     */
    record ExecResult(int exitCode, String output) {
        public boolean succeeded() {
            return exitCode == 0;
        }
    }
}
