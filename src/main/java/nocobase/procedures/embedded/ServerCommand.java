package nocobase.procedures.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import nocobase.procedures.language.Messages;

/** Runs one of PostgreSQL's programs to its end. */
final class ServerCommand {

    private static final Messages MESSAGES = Messages.of("embedded");

    /** What it said, and how it ended. */
    record Result(int exitCode, String output) {}

    private ServerCommand() {}

    /** Its output goes through a file: a server left behind would keep a pipe open, and with it this call. */
    static Result run(List<String> command, Duration limit) throws IOException {
        Path output = Files.createTempFile("postgres", ".out");
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .redirectInput(ProcessBuilder.Redirect.from(nothing()));
            builder.environment().put("LC_ALL", "C");
            builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
            Process process = builder.start();
            int exitCode = await(process, command, limit);
            return new Result(exitCode, Files.readString(output, StandardCharsets.ISO_8859_1));
        } finally {
            Files.deleteIfExists(output);
        }
    }

    private static java.io.File nothing() {
        return new java.io.File(java.io.File.separatorChar == '\\' ? "NUL" : "/dev/null");
    }

    private static int await(Process process, List<String> command, Duration limit) throws IOException {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new IOException(MESSAGES.text("command.late", command.get(0), limit.toSeconds()));
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException(MESSAGES.text("command.interrupted", command.get(0)), e);
        }
    }
}
