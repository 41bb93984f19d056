package nocobase.procedures.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** The docker command, for what an owner does beside us. */
final class DockerCommand {

    private DockerCommand() {}

    /** @return standard output and error; the test fails if the command does */
    static String docker(String... words) {
        List<String> command =
                Stream.concat(Stream.of("docker"), Stream.of(words)).toList();
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(command + ": " + output).isZero();
            return output;
        } catch (IOException | InterruptedException failed) {
            throw new AssertionError(command.toString(), failed);
        }
    }
}
