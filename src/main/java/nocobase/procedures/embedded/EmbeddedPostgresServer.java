package nocobase.procedures.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import nocobase.procedures.language.Messages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;

/**
 * A PostgreSQL server of the engine's own whose data lasts: durable settings, loopback only, a password of its own, stopped
 * with the engine, and taken back after the engine was killed.
 *
 * <p>The directory holds {@code cluster} (the data), {@code programs-…}, {@code password}, {@code server.log} and
 * {@code engine.lock}.
 */
final class EmbeddedPostgresServer implements AutoCloseable {

    private static final Messages MESSAGES = Messages.of("embedded");

    static final String USER = "procedures";
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgresServer.class);
    private static final int START_ATTEMPTS = 3;
    private static final long LARGEST_LOG = 10L * 1024 * 1024;
    private static final String SETTINGS = """
            # Written anew by the engine at each start.
            listen_addresses = '127.0.0.1'
            port = %d
            unix_socket_directories = ''
            fsync = on
            full_page_writes = on
            synchronous_commit = on
            max_connections = 100
            shared_buffers = 64MB
            timezone = 'UTC'
            log_timezone = 'UTC'
            log_checkpoints = off
            """;

    private final Path directory;
    private final boolean keep;
    private final Duration timeout;
    private final EngineLock lock;
    private final ServerUser user;
    private final PostgresBinaries binaries;
    private final Path cluster;
    private final String password;
    private int port;

    private EmbeddedPostgresServer(Path directory, EmbeddedProperties properties, EngineLock lock) throws IOException {
        this.directory = directory;
        this.keep = properties.keep();
        this.timeout = properties.timeout();
        this.lock = lock;
        this.cluster = directory.resolve("cluster");
        this.user = ServerUser.detect(directory, cluster);
        if (Files.exists(cluster)) {
            user.requireOwn(cluster);
        }
        this.binaries = properties.programs() == null
                ? PostgresBinaries.besideData(directory)
                : PostgresBinaries.shared(
                        Files.createDirectories(properties.programs()).toRealPath());
        user.own(binaries.home());
        this.password = kept();
    }

    /** @throws EmbeddedDatabaseException if the data cannot be used; says why and what to do */
    static EmbeddedPostgresServer start(EmbeddedProperties properties) {
        Path wanted = properties.directory().toAbsolutePath().normalize();
        try {
            Path directory = properties.keep()
                    ? Files.createDirectories(wanted).toRealPath()
                    : Files.createTempDirectory("procedures-postgres-").toRealPath();
            return startLocked(directory, properties, EngineLock.take(directory));
        } catch (IOException e) {
            throw new EmbeddedDatabaseException(
                    MESSAGES.text("cannotStart", wanted, e), MESSAGES.text("cannotStart.remedy"), e);
        }
    }

    private static EmbeddedPostgresServer startLocked(Path directory, EmbeddedProperties properties, EngineLock lock)
            throws IOException {
        try {
            EmbeddedPostgresServer server = new EmbeddedPostgresServer(directory, properties, lock);
            server.start();
            return server;
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    String jdbcUrl() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?ApplicationName=procedures";
    }

    String password() {
        return password;
    }

    private String kept() throws IOException {
        Path file = directory.resolve("password");
        if (Files.exists(file)) {
            return Files.readString(file).strip();
        }
        if (Files.exists(cluster)) {
            throw new EmbeddedDatabaseException(
                    MESSAGES.text("noPassword", file), MESSAGES.text("noPassword.remedy", directory));
        }
        byte[] random = new byte[24];
        new SecureRandom().nextBytes(random);
        writeSecret(file, HexFormat.of().formatHex(random));
        return Files.readString(file).strip();
    }

    private static void writeSecret(Path file, String secret) throws IOException {
        Path half = Files.createTempFile(file.getParent(), "password", "");
        if (half.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(half, PosixFilePermissions.fromString("rw-------"));
        }
        Files.writeString(half, secret);
        Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private void start() throws IOException {
        removeHalfMade();
        if (Files.exists(cluster)) {
            requireSameMajor();
            settleLeftover();
        } else {
            initialise();
        }
        for (int attempt = 1; !started(attempt); attempt++) {
            LOG.info("Port {} was taken in the meantime, trying another", port);
        }
        LOG.info("Embedded PostgreSQL runs on 127.0.0.1:{}, its data is in {}", port, directory);
    }

    /** What a killed engine left of an initialisation that was not finished. */
    private void removeHalfMade() throws IOException {
        try (Stream<Path> children = Files.list(directory)) {
            for (Path child : children.toList()) {
                if (child.getFileName().toString().startsWith("initialising-")) {
                    FileSystemUtils.deleteRecursively(child);
                }
            }
        }
    }

    private void requireSameMajor() throws IOException {
        Path file = cluster.resolve("PG_VERSION");
        String made = Files.exists(file) ? Files.readString(file).strip() : MESSAGES.text("unknownMajor");
        String brought = major();
        if (!made.equals(brought)) {
            throw new EmbeddedDatabaseException(
                    MESSAGES.text("otherMajor", directory, made, brought),
                    MESSAGES.text("otherMajor.remedy", directory));
        }
    }

    /** "postgres (PostgreSQL) 17.5" */
    private String major() throws IOException {
        String text = run("postgres", List.of("--version")).output();
        return text.replaceFirst("(?s).*PostgreSQL\\) (\\d+).*", "$1");
    }

    /**
     * The server of an engine that was killed is stopped and started anew rather than taken over as it is: its sessions
     * would go on holding the dead engine's locks.
     */
    private void settleLeftover() throws IOException {
        Optional<LeftoverServer> leftover = LeftoverServer.of(cluster);
        if (leftover.isEmpty()) {
            return;
        }
        switch (leftover.get().kind()) {
            case OURS -> {
                LOG.info(
                        "Stopping the server (process {}) of an engine that was killed",
                        leftover.get().pid());
                require("pg_ctl", stopArguments("fast"));
            }
            case GONE -> Files.deleteIfExists(cluster.resolve("postmaster.pid"));
            case UNKNOWN ->
                throw new EmbeddedDatabaseException(
                        MESSAGES.text("unknownProcess", leftover.get().pid(), cluster),
                        MESSAGES.text("unknownProcess.remedy", cluster));
        }
    }

    private void initialise() throws IOException {
        LOG.info("Making an empty embedded database in {}", directory);
        Path half = Files.createTempDirectory(directory, "initialising-");
        user.own(directory);
        require(
                "initdb",
                List.of(
                        "--pgdata=" + half,
                        "--username=" + USER,
                        "--pwfile=" + directory.resolve("password"),
                        "--auth=scram-sha-256",
                        "--encoding=UTF8",
                        "--locale=C",
                        "--locale-provider=builtin",
                        "--builtin-locale=C.UTF-8",
                        "--data-checksums"));
        Files.move(half, cluster, StandardCopyOption.ATOMIC_MOVE);
    }

    /** @return whether it runs; false if the port was taken between choosing and using it */
    private boolean started(int attempt) throws IOException {
        port = freePort();
        Files.writeString(cluster.resolve("postgresql.conf"), SETTINGS.formatted(port));
        Path log = directory.resolve("server.log");
        if (Files.exists(log) && Files.size(log) > LARGEST_LOG) {
            Files.move(log, directory.resolve("server.log.1"), StandardCopyOption.REPLACE_EXISTING);
        }
        user.own(directory);
        long before = Files.exists(log) ? Files.size(log) : 0;
        List<String> arguments = List.of(
                "start",
                "-D",
                cluster.toString(),
                "-l",
                log.toString(),
                "-w",
                "-t",
                Long.toString(timeout.toSeconds()));
        ServerCommand.Result result = run("pg_ctl", arguments);
        if (result.exitCode() == 0) {
            return true;
        }
        String said = saidSince(log, before);
        if (said.contains("Address already in use") && attempt < START_ATTEMPTS) {
            return false;
        }
        throw failed("pg_ctl start", result.output() + said);
    }

    private static String saidSince(Path log, long before) throws IOException {
        if (!Files.exists(log)) {
            return "";
        }
        byte[] all = Files.readAllBytes(log);
        int from = (int) Math.min(before, all.length);
        return new String(all, from, all.length - from, StandardCharsets.UTF_8);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    private List<String> stopArguments(String mode) {
        return List.of("stop", "-D", cluster.toString(), "-m", mode, "-w", "-t", Long.toString(timeout.toSeconds()));
    }

    private void require(String program, List<String> arguments) throws IOException {
        ServerCommand.Result result = run(program, arguments);
        if (result.exitCode() != 0) {
            throw failed(program, result.output());
        }
    }

    private EmbeddedDatabaseException failed(String what, String output) {
        return new EmbeddedDatabaseException(
                MESSAGES.text("failed", directory, what, output.strip()),
                MESSAGES.text("failed.remedy", directory.resolve("server.log"), directory));
    }

    private ServerCommand.Result run(String program, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(binaries.program(program));
        command.addAll(arguments);
        return ServerCommand.run(user.command(command), timeout.plusSeconds(30));
    }

    @Override
    public void close() throws IOException {
        LOG.info("Stopping the embedded PostgreSQL in {}", directory);
        try {
            require("pg_ctl", stopArguments(keep ? "fast" : "immediate"));
        } finally {
            lock.close();
        }
        if (!keep) {
            FileSystemUtils.deleteRecursively(directory);
        }
    }
}
