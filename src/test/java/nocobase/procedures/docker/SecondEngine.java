package nocobase.procedures.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.core.RemoteApiVersion;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * Another Docker engine beside the machine's own, as on another host: reached over TCP on the loopback interface, with TLS
 * and client certificates that are made here. Its programs are those below the directory in {@code NEWER_DOCKER}, unless the
 * machine's own engine is of these or there are none: then the installed ones. All that it has is in one directory, which goes
 * with it.
 */
final class SecondEngine implements AutoCloseable {

    /** An address of its bridge, where ports can be published that nobody else reaches. */
    static final String PUBLISHED_AT = "10.214.0.1";

    private static final String ADDRESS = "127.0.0.1";

    /** Null until it is known. */
    private static Boolean ownIsNewer;

    private final Path directory;
    private final int port = freePort();
    private final String bridge =
            "nbt" + Long.toHexString(ThreadLocalRandom.current().nextLong()).substring(0, 8);
    private final boolean alone;
    /** Tests run in several JVMs, and all of these engines would use the same addresses. */
    private final FileChannel only = onlyOne();

    private Process dockerd;
    private final DockerClient client;
    private final Thread hook = new Thread(this::remove);

    SecondEngine() {
        this(null, false);
        requireAnotherVersion();
    }

    /** One that has a disk of that size, such as {@code 64m}. */
    static SecondEngine onSmallDisk(String size) {
        return new SecondEngine(size, false);
    }

    /**
     * One that can be restarted: in a network of its own, where nobody reaches its containers, and over a socket. Else an engine
     * that comes back takes docker0 away, which is the machine's own engine's.
     */
    static SecondEngine alone() {
        return new SecondEngine(null, true);
    }

    private SecondEngine(String room, boolean alone) {
        this.alone = alone;
        try {
            directory = Files.createTempDirectory("engine");
            certificates();
            makeBridge();
            if (room != null) {
                Files.createDirectory(directory.resolve("data"));
                run(directory, "mount", "-t", "tmpfs", "-o", "size=" + room, "tmpfs", file("data"));
            }
            dockerd = start();
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        client = client();
        awaitAnswer();
    }

    private void awaitAnswer() {
        try {
            Awaitility.await("the second Docker engine answers")
                    .atMost(Duration.ofSeconds(90))
                    .pollInterval(Duration.ofMillis(100))
                    .ignoreExceptions()
                    .until(() -> {
                        if (!dockerd.isAlive()) {
                            throw new AssertionError("dockerd ended: " + log());
                        }
                        client.pingCmd().exec();
                        return true;
                    });
        } catch (RuntimeException e) {
            String log = log();
            close();
            throw new IllegalStateException("The second Docker engine does not start: " + log, e);
        }
    }

    /** As the machine's service manager restarts it: what runs on it is stopped, and starts again where its policy says so. */
    void restart() {
        restartAfter(dockerd::destroy);
    }

    /** It crashes, and is started again. */
    void crash() {
        restartAfter(dockerd::destroyForcibly);
    }

    private void restartAfter(Runnable ending) {
        ending.run();
        try {
            dockerd.waitFor();
            dockerd = start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        awaitAnswer();
    }

    /** Where these tests are required, they are required on two versions of Docker. */
    private void requireAnotherVersion() {
        String own = DockerScene.docker().versionCmd().exec().getVersion();
        String version = client.versionCmd().exec().getVersion();
        boolean required =
                List.of(System.getProperty("tests.required", "").split(",")).contains("engines");
        if (required && version.equals(own)) {
            close();
            throw new IllegalStateException("Both Docker engines are " + own
                    + ": another one is needed (src/test/images/newer-docker DIRECTORY, then NEWER_DOCKER=DIRECTORY),"
                    + " required by -Dtests.required.");
        }
    }

    /** Why it cannot run here, or empty if it can. */
    static Optional<String> missing() {
        if (!System.getProperty("user.name").equals("root")) {
            return Optional.of("only root can start a second Docker engine");
        }
        return Stream.of("dockerd", "openssl", "ip", "unshare")
                .filter(program -> program(program).isEmpty())
                .findFirst()
                .map(program -> "no " + program + " on the path");
    }

    /** Docker Compose 2, which is one program: below the directory in {@code NEWER_DOCKER}, or where Docker has plugins. */
    static Optional<Path> compose() {
        String newer = System.getenv("NEWER_DOCKER");
        return Stream.of(
                        newer == null ? "" : newer + "/usr/libexec/docker/cli-plugins",
                        "/usr/libexec/docker/cli-plugins",
                        "/usr/lib/docker/cli-plugins",
                        System.getProperty("user.home") + "/.docker/cli-plugins")
                .map(folder -> Path.of(folder, "docker-compose"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Optional<Path> program(String name) {
        return path().map(folder -> folder.resolve(name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Stream<Path> path() {
        String newer = System.getenv("NEWER_DOCKER");
        Stream<Path> first = newer == null || ownIs(newer)
                ? Stream.of()
                : Stream.of(Path.of(newer, "usr/sbin"), Path.of(newer, "usr/bin"));
        Stream<Path> system =
                Arrays.stream(System.getenv("PATH").split(File.pathSeparator)).map(Path::of);
        return Stream.concat(Stream.concat(first, system), Stream.of(Path.of("/usr/sbin"), Path.of("/sbin")));
    }

    /** Whether the machine's own engine says that it is of the version that is in that directory. */
    private static synchronized boolean ownIs(String directory) {
        if (ownIsNewer == null) {
            String own;
            try {
                own = DockerScene.docker().versionCmd().exec().getVersion();
            } catch (RuntimeException e) {
                return false; // none answers: then nothing is started here
            }
            try {
                Process asked = new ProcessBuilder(
                                Path.of(directory, "usr/sbin/dockerd").toString(), "--version")
                        .redirectErrorStream(true)
                        .start();
                ownIsNewer = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                        .contains("version " + own + ",");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return ownIsNewer;
    }

    /** Path of the socket of one that is alone. */
    String socket() {
        return file("socket");
    }

    String url() {
        return alone ? "unix://" + socket() : "tcp://" + ADDRESS + ":" + port;
    }

    /** With {@code ca.pem}, {@code cert.pem} and {@code key.pem}. */
    Path tlsDirectory() {
        return directory.resolve("client");
    }

    DockerClient docker() {
        return client;
    }

    /** Brings an image of the machine's own engine to this one. */
    void load(String image) {
        try (InputStream saved = DockerScene.docker().saveImageCmd(image).exec()) {
            client.loadImageCmd(saved).exec();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** It hangs: connections are accepted, nothing is answered. */
    void hang() {
        signal("STOP");
    }

    void goOn() {
        signal("CONT");
    }

    private void signal(String signal) {
        run(directory, "kill", "-" + signal, Long.toString(dockerd.pid()));
    }

    private Process start() throws IOException {
        List<String> command = new ArrayList<>(alone ? List.of("unshare", "--net") : List.of());
        command.add(program("dockerd").orElseThrow().toString());
        String id = directory.getFileName().toString();
        command.addAll(List.of("--host", url(), "--pidfile", file("pid")));
        command.addAll(List.of("--data-root", file("data"), "--exec-root", file("run")));
        // Its own also where the machine's engine uses a containerd that others use too.
        command.addAll(List.of("--containerd-namespace", id, "--containerd-plugins-namespace", id + "-plugins"));
        command.addAll(List.of("--iptables=false", "--ip6tables=false"));
        if (!alone) {
            command.addAll(List.of("--tlsverify", "--tlscacert", file("server/ca.pem")));
            command.addAll(List.of("--tlscert", file("server/cert.pem"), "--tlskey", file("server/key.pem")));
            // Not "none": an engine without a bridge removes docker0, which is the machine's own engine's.
            command.addAll(List.of("--bridge", bridge));
        }
        command.addAll(List.of("--default-address-pool", "base=10.213.0.0/16,size=24"));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("log").toFile()));
        builder.environment().remove("DOCKER_HOST");
        builder.environment()
                .put(
                        "PATH",
                        String.join(
                                File.pathSeparator, path().map(Path::toString).toList()));
        return builder.start();
    }

    private void makeBridge() {
        ip("link", "add", "name", bridge, "type", "bridge");
        ip("addr", "add", PUBLISHED_AT + "/24", "dev", bridge);
        ip("link", "set", bridge, "up");
    }

    private void ip(String... arguments) {
        List<String> command =
                new ArrayList<>(List.of(program("ip").orElseThrow().toString()));
        command.addAll(List.of(arguments));
        run(directory, command.toArray(String[]::new));
    }

    private String file(String name) {
        return directory.resolve(name).toString();
    }

    private String log() {
        try {
            List<String> lines = Files.readAllLines(directory.resolve("log"));
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private DockerClient client() {
        DefaultDockerClientConfig config = DefaultDockerClientConfig.createDefaultConfigBuilder()
                .withDockerHost(url())
                .withApiVersion(RemoteApiVersion.UNKNOWN_VERSION)
                .withDockerTlsVerify(!alone)
                .withDockerCertPath(tlsDirectory().toString())
                .build();
        return DockerClientImpl.getInstance(
                config,
                new ZerodepDockerHttpClient.Builder()
                        .dockerHost(config.getDockerHost())
                        .sslConfig(config.getSSLConfig())
                        .build());
    }

    private void certificates() throws IOException {
        for (String folder : List.of("authority", "server", "client")) {
            Files.createDirectories(directory.resolve(folder));
        }
        authority(directory.resolve("authority"));
        certificate("server", "subjectAltName=IP:" + ADDRESS + "\nextendedKeyUsage=serverAuth\n");
        certificate("client", "extendedKeyUsage=clientAuth\n");
    }

    static void authority(Path folder) {
        run(
                folder,
                "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout key.pem -out ca.pem -subj /CN=authority"
                        .split(" "));
    }

    private void certificate(String name, String extensions) throws IOException {
        Path folder = directory.resolve(name);
        Files.writeString(folder.resolve("extensions"), extensions);
        Files.copy(directory.resolve("authority/ca.pem"), folder.resolve("ca.pem"));
        run(
                folder,
                ("openssl req -newkey rsa:2048 -nodes -keyout key.pem -out request.pem -subj /CN=" + name).split(" "));
        run(
                folder,
                ("openssl x509 -req -in request.pem -CA ca.pem -CAkey ../authority/key.pem -CAcreateserial -days 2"
                                + " -extfile extensions -out cert.pem")
                        .split(" "));
    }

    /** @return what it wrote */
    static String run(Path folder, String... command) {
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
            // Debian's docker.io has the classic builder only.
            builder.environment().put("DOCKER_BUILDKIT", "0");
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes());
            if (process.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": " + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static FileChannel onlyOne() {
        try {
            FileChannel file = FileChannel.open(
                    Path.of(System.getProperty("java.io.tmpdir"), "nocobase-procedures-second-engine"),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE);
            file.lock();
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return; // the JVM goes down: the hook removes it
        }
        remove();
    }

    private void remove() {
        try {
            if (dockerd.isAlive()) {
                goOn();
                for (Container container :
                        client.listContainersCmd().withShowAll(true).exec()) {
                    client.removeContainerCmd(container.getId()).withForce(true).exec();
                }
                client.listNetworksCmd().exec().stream()
                        .filter(network -> network.getName().contains("-"))
                        .forEach(network ->
                                client.removeNetworkCmd(network.getId()).exec());
            }
        } finally {
            end();
        }
    }

    /** Its disk, and what an engine that crashed left mounted. */
    private void unmount() throws IOException {
        List<String> mounted = Files.readAllLines(Path.of("/proc/self/mounts")).stream()
                .map(line -> line.split(" ")[1])
                .filter(place -> place.startsWith(directory.toString()))
                .sorted(Comparator.reverseOrder())
                .toList();
        mounted.forEach(place -> run(directory, "umount", place));
    }

    private void end() {
        dockerd.destroy();
        try (only) {
            if (!dockerd.waitFor(30, TimeUnit.SECONDS)) {
                dockerd.destroyForcibly().waitFor();
            }
            ip("link", "delete", bridge);
            unmount();
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
