package nocobase.procedures.backup;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Containers;
import nocobase.procedures.cluster.Containers.ExecResult;
import nocobase.procedures.cluster.DataJob;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.language.Messages;

/** Runs jobs and turns their ends into results or reasons. */
final class Jobs {

    private static final Messages MESSAGES = Messages.of("backup");

    /** Of files that stay what they are. */
    private static final List<String> DAMAGED = List.of("copyDamaged", "copyDamagedList", "archiveDamaged");

    private static final Duration LOOK = Duration.ofMillis(150);

    private final Containers containers;

    Jobs(Containers containers) {
        this.containers = containers;
    }

    /**
     * Empty while the job runs. A job that failed is forgotten, so that the retry that a person decides on begins anew.
     *
     * @param doing what the job does, as in "archiving the storage"
     * @throws CannotProceedException if the job ended badly
     */
    Optional<JobOutput> look(DataJob job, String doing) {
        Progress<ExecResult> progress = containers.run(job);
        if (progress instanceof Progress.Failed<ExecResult> failed) {
            containers.forget(job.name());
            throw new CannotProceedException(failed.failure());
        }
        if (!(progress instanceof Progress.Done<ExecResult> done)) {
            return Optional.empty();
        }
        JobOutput output = new JobOutput(done.result().output());
        if (!done.result().succeeded()) {
            containers.forget(job.name());
            throw failed(doing, done.result().exitCode(), output);
        }
        return Optional.of(output);
    }

    /** Waits for the end of the job; for background threads only. */
    JobOutput await(DataJob job, String doing, Consumer<String> progress) {
        long begun = System.nanoTime();
        while (true) {
            Optional<JobOutput> output = look(job, doing);
            if (output.isPresent()) {
                return output.get();
            }
            progress.accept(capital(doing) + ", " + (System.nanoTime() - begun) / 1_000_000_000L + " s");
            Pause.of(LOOK);
        }
    }

    void forget(String name) {
        containers.forget(name);
    }

    boolean running(String name) {
        return containers.running(name);
    }

    static String capital(String doing) {
        return Character.toUpperCase(doing.charAt(0)) + doing.substring(1);
    }

    private static CannotProceedException failed(String doing, int exitCode, JobOutput output) {
        String tail = output.tail();
        boolean damaged = DAMAGED.stream().anyMatch(output::failedFor);
        String remedy = MESSAGES.text("job.failed.remedy");
        if (tail.contains("No space left on device") || output.failedFor("volumeFull")) {
            remedy = MESSAGES.text("job.noRoom.remedy");
        } else if (damaged) {
            remedy = MESSAGES.text("job.damaged.remedy");
        }
        String what = MESSAGES.text("job.failed", capital(doing), exitCode, output.reason());
        return new CannotProceedException(new Failure(what, "", remedy, tail, damaged));
    }
}
