package nocobase.procedures;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * The whole application in a process of its own, as it runs in production, so that it can be killed at any moment and started
 * again. It has the application's classes and none of the tests'.
 */
public final class EngineProcess implements AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Duration START_LIMIT = Duration.ofSeconds(180);

    private final Map<String, String> settings = new LinkedHashMap<>();
    private final Path log;
    private final int port = freePort();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private Path build;
    private Process process;

    /**
     * @param settings application properties; they go through the environment, so that no password is in a command line
     * @param name for the log file
     */
    EngineProcess(Map<String, String> settings, String name) {
        this.settings.putAll(settings);
        this.settings.put("server.address", "127.0.0.1");
        this.settings.put("server.port", Integer.toString(port));
        this.log = Path.of("target", "engine-" + name + ".log");
    }

    /** Another replica with the same settings, on the same database. */
    public EngineProcess replica(String name) {
        return new EngineProcess(settings, name);
    }

    /** Another engine with these settings in the place of its own. */
    EngineProcess another(String name, Map<String, String> other) {
        EngineProcess another = replica(name);
        another.settings.putAll(other);
        another.settings.put("server.port", Integer.toString(another.port));
        return another;
    }

    /** A further environment variable of its next lives; null takes it away. */
    public void environment(String key, String value) {
        environment.put(key, value);
        environment.values().removeIf(Objects::isNull);
    }

    /** Its next lives have these classes and models instead of this tree's; null for this tree's. */
    public void build(Path classes) {
        build = classes;
    }

    public boolean running() {
        return process != null && process.isAlive();
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** What it wrote so far, in all its lives. */
    public String log() {
        try {
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it and waits until it answers. */
    public EngineProcess start() {
        try {
            ProcessBuilder builder = application(classes(), settings, ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().putAll(environment);
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Awaitility.await("the engine answers")
                .atMost(START_LIMIT)
                .pollInterval(Duration.ofMillis(200))
                .until(this::answers);
        return this;
    }

    /** As the kernel does it when memory is short: nothing is written, nothing is closed. */
    public void kill() {
        process.destroyForcibly();
        ended(Duration.ofSeconds(20));
    }

    @Override
    public void close() {
        if (process == null || !process.isAlive()) {
            return;
        }
        process.destroy();
        if (!ended(Duration.ofSeconds(20))) {
            kill();
        }
    }

    private boolean ended(Duration limit) {
        try {
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean answers() throws InterruptedException {
        if (!process.isAlive()) {
            throw new IllegalStateException("The engine ended with " + process.exitValue() + ": " + log());
        }
        try {
            HttpRequest health =
                    HttpRequest.newBuilder(url().resolve("/actuator/health")).build();
            return HTTP.send(health, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * @param options for Java, the class path among them
     * @param settings application properties
     */
    static ProcessBuilder application(
            Stream<String> options, Map<String, String> settings, ProcessBuilder.Redirect output) throws IOException {
        Stream<String> java = Stream.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx512m");
        Stream<String> command = Stream.concat(Stream.concat(java, options), Stream.of(Application.class.getName()));
        ProcessBuilder builder =
                new ProcessBuilder(command.toList()).redirectErrorStream(true).redirectOutput(output);
        builder.environment().put("SPRING_APPLICATION_JSON", new ObjectMapper().writeValueAsString(settings));
        return builder;
    }

    private Stream<String> classes() {
        List<String> entries = Arrays.stream(
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                                .split(File.pathSeparator))
                .filter(entry -> !Path.of(entry).endsWith("test-classes"))
                .toList();
        if (build == null) {
            return ClassDataSharing.of(entries).options();
        }
        return Stream.of(
                "-cp",
                entries.stream()
                        .map(entry -> Path.of(entry).endsWith("classes") ? build.toString() : entry)
                        .collect(Collectors.joining(File.pathSeparator)));
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
