package nocobase.procedures.backup;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Containers;
import nocobase.procedures.cluster.Containers.ExecResult;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.language.Messages;

/**
 * Carries a durable copy from a container of one host to a container of another, piece by piece through this engine. Files
 * that are there already, whole, are not carried again.
 *
 * @param sending the container there, which has the copy
 * @param from its directory there
 * @param receiving the container here
 */
record Carrying(Containers there, String sending, String from, Containers here, String receiving) {

    private static final Messages MESSAGES = Messages.of("backup");

    private static final int PIECE_MEBIBYTES = 16;
    private static final long PIECE = (long) PIECE_MEBIBYTES << 20;
    private static final Duration LIMIT = Duration.ofMinutes(2);
    /** Checksums of large files take as long as the disk needs. */
    private static final Duration SUM = Duration.ofMinutes(30);

    private static final String SUMS = "SHA256SUMS";

    void run(String to, Consumer<String> progress) {
        byte[] sums = there.read(sending, from + "/" + SUMS);
        if (sums == null) {
            throw new CannotProceedException(
                    Failure.of(MESSAGES.text("carry.noChecksums", from), MESSAGES.text("carry.noChecksums.remedy")));
        }
        List<String> lines = new String(sums, StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.endsWith(" ./nodes.json"))
                .toList();
        int number = 0;
        for (String line : lines) {
            number++;
            progress.accept(MESSAGES.text("carry.file", number, lines.size()));
            carry(line.substring(0, 64), line.substring(66).replaceFirst("^\\./", ""), to);
        }
        here(LIMIT, "mkdir", "-p", to);
        here.write(receiving, to + "/" + SUMS, sums, 0600);
    }

    private void carry(String sum, String file, String to) {
        String target = to + "/" + file;
        if (sumHere(target).equals(sum)) {
            return;
        }
        String part = target + ".part";
        here(LIMIT, "mkdir", "-p", target.substring(0, target.lastIndexOf('/')));
        here(LIMIT, "sh", "-c", ": > \"$1\"", "sh", part);
        String source = from + "/" + file;
        long size =
                Long.parseLong(there(LIMIT, "stat", "-c", "%s", source).output().strip());
        for (long done = 0; done < size; done += PIECE) {
            there(
                    LIMIT,
                    "dd",
                    "if=" + source,
                    "of=/tmp/piece",
                    "bs=1048576",
                    "skip=" + (done >> 20),
                    "count=" + PIECE_MEBIBYTES);
            byte[] piece = there.read(sending, "/tmp/piece");
            here.write(receiving, "/tmp/piece", piece, 0600);
            here(LIMIT, "sh", "-c", "cat /tmp/piece >> \"$1\"", "sh", part);
        }
        if (!sumHere(part).equals(sum)) {
            throw new IllegalStateException(MESSAGES.text("carry.damaged", file));
        }
        here(LIMIT, "mv", "-f", part, target);
    }

    private String sumHere(String file) {
        ExecResult result = here.exec(receiving, List.of("sha256sum", file), SUM);
        return result.succeeded() ? result.output().substring(0, 64) : "";
    }

    private ExecResult here(Duration limit, String... command) {
        return well(here.exec(receiving, List.of(command), limit), receiving, command);
    }

    private ExecResult there(Duration limit, String... command) {
        return well(there.exec(sending, List.of(command), limit), sending, command);
    }

    private static ExecResult well(ExecResult result, String container, String... command) {
        if (!result.succeeded()) {
            JobOutput output = new JobOutput(result.output());
            throw new CannotProceedException(new Failure(
                    MESSAGES.text("carry.failed", container, command[0], output.lastLine()),
                    "",
                    output.text().contains("No space left on device")
                            ? MESSAGES.text("carry.noRoom.remedy")
                            : MESSAGES.text("carry.failed.remedy"),
                    output.tail()));
        }
        return result;
    }
}
