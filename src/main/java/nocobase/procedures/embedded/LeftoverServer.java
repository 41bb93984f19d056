package nocobase.procedures.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The server that {@code postmaster.pid} in a data directory names. After the engine was killed it lives on; after the
 * machine was restarted its number may belong to somebody else's process, which must not be touched.
 */
record LeftoverServer(long pid, Kind kind) {

    /** What the number belongs to today. */
    enum Kind {
        /** The server of this data directory runs. */
        OURS,
        /** Nothing, or another program: the file is stale. */
        GONE,
        /** A process that does not show what it is. */
        UNKNOWN
    }

    static Optional<LeftoverServer> of(Path cluster) throws IOException {
        Path file = cluster.resolve("postmaster.pid");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        String first = Files.readAllLines(file).stream().findFirst().orElse("").strip();
        if (!first.matches("-?\\d{1,18}")) {
            return Optional.of(new LeftoverServer(0, Kind.GONE));
        }
        long pid = Math.abs(Long.parseLong(first));
        Kind kind = ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .filter(process -> !isZombie(pid))
                .map(process -> kindOf(process.info(), cluster))
                .orElse(Kind.GONE);
        return Optional.of(new LeftoverServer(pid, kind));
    }

    /** Ended, and nobody has taken note of it: in a container whose first process does not care for orphans. */
    private static boolean isZombie(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/stat")).matches("(?s).*\\) Z .*");
        } catch (IOException e) {
            return false;
        }
    }

    private static Kind kindOf(ProcessHandle.Info info, Path cluster) {
        Optional<String> program = info.command();
        if (program.isEmpty()) {
            return Kind.UNKNOWN;
        }
        boolean postgres =
                Path.of(program.get()).getFileName().toString().matches("postgres(\\.exe)?( \\(deleted\\))?");
        boolean here = info.commandLine()
                .map(line -> line.contains(cluster.toString()))
                .orElse(true);
        return postgres && here ? Kind.OURS : Kind.GONE;
    }
}
