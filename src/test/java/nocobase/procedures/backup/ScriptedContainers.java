package nocobase.procedures.backup;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import nocobase.procedures.cluster.Containers;
import nocobase.procedures.cluster.DataJob;
import nocobase.procedures.cluster.Progress;

/** Containers that answer each job at once, by the end of its name. */
final class ScriptedContainers implements Containers {

    private static final String SUM = "0".repeat(64);

    final Set<String> running = ConcurrentHashMap.newKeySet();
    long free = 100_000_000;
    /** Jobs that never end, by the end of their names. */
    final Set<String> hanging = ConcurrentHashMap.newKeySet();

    /** Names of the jobs' containers that are there. */
    final Set<String> present = ConcurrentHashMap.newKeySet();
    /** Whether the engine of the containers refuses to remove them. */
    volatile boolean keepsContainers;

    final List<DataJob> jobs = new CopyOnWriteArrayList<>();
    final Map<String, ExecResult> answers = new ConcurrentHashMap<>(usual());

    void reset() {
        jobs.clear();
        running.clear();
        hanging.clear();
        present.clear();
        keepsContainers = false;
        address = "";
        free = 100_000_000;
        answers.putAll(usual());
    }

    /** Of each node. */
    volatile String address = "";

    /** What a job does besides answering. */
    volatile Consumer<DataJob> begun = job -> {};

    private static Map<String, ExecResult> usual() {
        return Map.ofEntries(
                Map.entry("-storage", new ExecResult(0, "archive " + SUM + " 1024\n")),
                Map.entry("-look", new ExecResult(0, "The storage can be put back\n")),
                Map.entry("-storage-back", new ExecResult(0, "The storage was put back\nreplaced 12\n")),
                Map.entry("-dump", new ExecResult(0, "client pg_dump (PostgreSQL) 17.5\ncopy " + SUM + " 2048\n")),
                Map.entry("-dry-run-restore", new ExecResult(0, "restored\n")),
                Map.entry("-dry-run-tree", new ExecResult(0, "tree back\n")),
                Map.entry("-seal", new ExecResult(0, "sealed\n")),
                Map.entry("-reread", new ExecResult(0, "intact yes\n")),
                Map.entry("-pack", new ExecResult(0, "copy " + SUM + " 1024\n")),
                Map.entry("-remove", new ExecResult(0, "removed\n")),
                Map.entry("-remove-replaced", new ExecResult(0, "removed\n")),
                Map.entry(
                        "-check",
                        new ExecResult(
                                0,
                                "client pg_dump (PostgreSQL) 17.5\nwritable yes\nroom 100000000\nstorage yes\nuploads 0\n")));
    }

    @Override
    public Progress<ExecResult> run(DataJob job) {
        jobs.add(job);
        begun.accept(job);
        present.add(job.name());
        if (hanging.stream().anyMatch(job.name()::endsWith)) {
            return Progress.pending("Running");
        }
        return answers.entrySet().stream()
                .filter(answer ->
                        job.name().replaceFirst("(-back)-[a-z2-7]{8}$", "$1").endsWith(answer.getKey()))
                .<Progress<ExecResult>>map(answer -> Progress.done(answer.getValue()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("No answer for " + job.name()));
    }

    @Override
    public ExecResult exec(String container, List<String> command, Duration limit) {
        return new ExecResult(
                0, "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/x 9 9 " + free + " 1% /\n");
    }

    @Override
    public Map<String, String> variables(String container) {
        return Map.of();
    }

    @Override
    public String definition(String container) {
        return "{\"Name\":\"" + container + "\",\"NetworkSettings\":{\"Networks\":{\"n\":{\"IPAddress\":\"" + address
                + "\"}}}}";
    }

    @Override
    public void forget(String jobName) {
        if (keepsContainers) {
            throw new IllegalStateException("The Docker engine does not answer.");
        }
        present.remove(jobName);
    }

    @Override
    public boolean running(String container) {
        return running.contains(container);
    }

    @Override
    public void write(String container, Map<String, byte[]> files, int mode) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Map<String, byte[]> read(String container, String directory, Set<String> names) {
        throw new UnsupportedOperationException();
    }

    @Override
    public byte[] read(String container, String path) {
        throw new UnsupportedOperationException();
    }
}
