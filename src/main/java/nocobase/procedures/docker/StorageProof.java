package nocobase.procedures.docker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Containers;
import nocobase.procedures.cluster.Containers.ExecResult;
import nocobase.procedures.cluster.DataJob;
import nocobase.procedures.cluster.FailureException;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Texts;
import nocobase.procedures.language.Messages;

/**
 * Proves that all nodes have one storage and may write it: each leaves a file, the first one must see all of them. Names of
 * volumes prove nothing: two may be the same network storage, and one name on two hosts may be two. Nodes need not run:
 * short jobs borrow their mounts.
 */
final class StorageProof {

    private static final Messages MESSAGES = Messages.of("docker");

    static final String STORAGE = "/app/nocobase/storage";
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(100);

    private static final String SCRIPT = """
            cd /app/nocobase/storage || exit 1
            verb=$1
            shift
            for file do
              case $verb in
              write) : > "$file" || exit 1 ;;
              take) if [ -e "$file" ]; then echo "seen $file"; rm -f "$file" || exit 1; fi ;;
              esac
            done
            """;

    private final Containers containers;

    StorageProof(Containers containers) {
        this.containers = containers;
    }

    /** A job had no good end; its check says so. */
    private static final class Unproved extends RuntimeException {

        private static final long serialVersionUID = 1L;
        private final transient Check check;

        Unproved(Check check) {
            super(check.finding());
            this.check = check;
        }
    }

    Check of(List<String> nodes) {
        try {
            Map<String, DataJob> writers = new LinkedHashMap<>();
            nodes.forEach(node -> writers.put(node, job(node, "write", List.of(file(node)))));
            writers.values().forEach(containers::run);
            writers.forEach(this::ended);
            return compare(nodes);
        } catch (Unproved e) {
            return e.check;
        } catch (FailureException e) {
            return Check.fail(name(), e.failure().what(), e.failure().remedy());
        } finally {
            nodes.forEach(node -> List.of("write", "take").forEach(verb -> containers.forget(jobName(node, verb))));
        }
    }

    private static String name() {
        return MESSAGES.text("proof.name");
    }

    private Check compare(List<String> nodes) {
        String first = nodes.get(0);
        List<String> unseen = new ArrayList<>(nodes);
        unseen.removeAll(taken(first, nodes));
        // Nothing is left behind, wherever it lies.
        unseen.stream().filter(node -> !node.equals(first)).forEach(node -> taken(node, List.of(node)));
        if (!unseen.isEmpty()) {
            return Check.fail(name(), MESSAGES, "proof.unseen.", String.join(", ", unseen), first, STORAGE);
        }
        return Check.pass(
                name(),
                nodes.size() == 1
                        ? MESSAGES.text("proof.single", first)
                        : MESSAGES.text("proof.all", String.join(", ", nodes), first));
    }

    /** Names of the nodes whose files are seen by that node; the files are removed. */
    private List<String> taken(String node, List<String> nodes) {
        List<String> files = nodes.stream().map(StorageProof::file).toList();
        String output = ended(node, job(node, "take", files)).output();
        return nodes.stream()
                .filter(other -> output.contains("seen " + file(other) + "\n"))
                .toList();
    }

    private ExecResult ended(String node, DataJob job) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        Progress<ExecResult> progress = containers.run(job);
        while (progress instanceof Progress.Pending && System.nanoTime() < deadline) {
            LockSupport.parkNanos(PAUSE);
            progress = containers.run(job);
        }
        if (progress instanceof Progress.Failed<ExecResult> failed) {
            throw new CannotProceedException(failed.failure());
        }
        if (!(progress instanceof Progress.Done<ExecResult> done)) {
            throw new Unproved(Check.fail(name(), MESSAGES, "proof.silent.", node, LIMIT.toSeconds()));
        }
        if (!done.result().succeeded()) {
            throw new Unproved(Check.fail(
                    name(),
                    MESSAGES,
                    "proof.failed.",
                    node,
                    Texts.shown(done.result().output(), 300),
                    STORAGE));
        }
        return done.result();
    }

    private static DataJob job(String node, String verb, List<String> files) {
        List<String> command = new ArrayList<>(List.of("sh", "-c", SCRIPT, "storage-proof", verb));
        command.addAll(files);
        return new DataJob(jobName(node, verb), null, node, command, Map.of(), Map.of(), List.of(), node, "none");
    }

    private static String jobName(String node, String verb) {
        return node + "-storage-proof-" + verb;
    }

    private static String file(String node) {
        return ".storage-proof-" + node;
    }
}
