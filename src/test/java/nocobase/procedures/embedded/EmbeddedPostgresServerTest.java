package nocobase.procedures.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EmbeddedPostgresServerTest {

    @TempDir
    Path directory;

    private static final Path PROGRAMS = Path.of("target", "embedded-programs");

    private EmbeddedPostgresServer start() {
        return EmbeddedPostgresServer.start(new EmbeddedProperties(directory, true, PROGRAMS, Duration.ofSeconds(60)));
    }

    @Test
    void dataLastsAndSettingsAreDurable() throws Exception {
        try (EmbeddedPostgresServer server = start()) {
            Database.execute(server, "create table kept as select 7 as id");
            for (String setting : List.of("fsync", "full_page_writes", "synchronous_commit", "data_checksums")) {
                assertThat(Database.ask(server, "show " + setting)).as(setting).isEqualTo("on");
            }
            assertThat(Database.ask(server, "show listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(Database.ask(server, "show server_encoding")).isEqualTo("UTF8");
        }
        assertThat(directory.resolve("cluster/postmaster.pid")).doesNotExist();
        try (EmbeddedPostgresServer server = start()) {
            assertThat(Database.ask(server, "select id from kept")).isEqualTo("7");
        }
    }

    @Test
    void nobodyGetsInWithoutThePassword() throws Exception {
        try (EmbeddedPostgresServer server = start()) {
            assertThatThrownBy(
                            () -> DriverManager.getConnection(server.jdbcUrl(), EmbeddedPostgresServer.USER, "guess"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("password");
            assertThat(server.jdbcUrl()).doesNotContain(server.password());
            assertThat(Files.getPosixFilePermissions(directory.resolve("password")))
                    .hasSize(2);
        }
    }

    @Test
    void twoEnginesOnOneDirectoryAreRefused() throws Exception {
        try (EmbeddedPostgresServer first = start()) {
            assertThatThrownBy(this::start)
                    .isInstanceOf(EmbeddedDatabaseException.class)
                    .hasMessageContaining(
                            "Another engine (process " + ProcessHandle.current().pid() + ")");
            assertThat(Database.ask(first, "select 1")).isEqualTo("1");
        }
    }

    @Test
    void theServerOfAKilledEngineIsSettledAndItsDataIsThere() throws Exception {
        Process engine = engine(directory);
        long postmaster;
        try {
            awaitReady(engine);
            postmaster = Long.parseLong(Files.readAllLines(directory.resolve("cluster/postmaster.pid"))
                    .get(0));
            assertThatThrownBy(this::start)
                    .isInstanceOf(EmbeddedDatabaseException.class)
                    .hasMessageContaining("process " + engine.pid());
        } finally {
            engine.destroyForcibly().waitFor(30, TimeUnit.SECONDS);
        }
        assertThat(ProcessHandle.of(postmaster).map(ProcessHandle::isAlive))
                .as("it outlives the kill")
                .contains(true);

        try (EmbeddedPostgresServer server = start()) {
            assertThat(Database.ask(server, "select id from kept")).isEqualTo(Long.toString(engine.pid()));
            assertThat(Database.ask(server, "show fsync")).isEqualTo("on");
            await("the old server is gone")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> ProcessHandle.of(postmaster).isEmpty());
        }
    }

    private static Process engine(Path directory) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        EmbeddedEngineProcess.class.getName(),
                        directory.toString(),
                        PROGRAMS.toString())
                .redirectErrorStream(true)
                .start();
    }

    private static void awaitReady(Process engine) throws IOException {
        BufferedReader output = new BufferedReader(new InputStreamReader(engine.getInputStream()));
        StringBuilder said = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            said.append(line).append('\n');
            if (line.startsWith("READY")) {
                return;
            }
        }
        throw new AssertionError("The engine ended: " + said);
    }

    @Test
    void aKilledServerIsStartedAgain() throws Exception {
        EmbeddedPostgresServer killed = start();
        Database.execute(killed, "create table kept as select 7 as id");
        long postmaster = Long.parseLong(
                Files.readAllLines(directory.resolve("cluster/postmaster.pid")).get(0));
        ProcessHandle process = ProcessHandle.of(postmaster).orElseThrow();
        process.destroyForcibly();
        process.onExit().get(30, TimeUnit.SECONDS);
        assertThatThrownBy(killed::close).isInstanceOf(EmbeddedDatabaseException.class);
        assertThat(directory.resolve("cluster/postmaster.pid")).exists();
        try (EmbeddedPostgresServer server = start()) {
            assertThat(Database.ask(server, "select id from kept")).isEqualTo("7");
        }
    }

    @Test
    void aForeignProcessWithTheOldNumberIsLeftAlone() throws Exception {
        start().close();
        Process foreign = new ProcessBuilder("sleep", "120").start();
        try {
            Files.write(
                    directory.resolve("cluster/postmaster.pid"),
                    List.of(
                            Long.toString(foreign.pid()),
                            directory.resolve("cluster").toString(),
                            "1",
                            "5432"));
            try (EmbeddedPostgresServer server = start()) {
                assertThat(Database.ask(server, "select 1")).isEqualTo("1");
            }
            assertThat(foreign.isAlive()).isTrue();
        } finally {
            foreign.destroyForcibly();
        }
    }

    @Test
    void dataOfAnotherMajorVersionIsRefusedUnchanged() throws Exception {
        start().close();
        Files.writeString(directory.resolve("cluster/PG_VERSION"), "12\n");
        assertThatThrownBy(this::start)
                .isInstanceOf(EmbeddedDatabaseException.class)
                .hasMessageContaining("was made by PostgreSQL 12")
                .extracting(e -> ((EmbeddedDatabaseException) e).remedy())
                .asString()
                .contains("pg_dump");
        Files.writeString(directory.resolve("cluster/PG_VERSION"), "17\n");
        start().close();
    }

    @Test
    void aLostPasswordIsRefusedWithoutTouchingTheData() throws Exception {
        start().close();
        Files.delete(directory.resolve("password"));
        assertThatThrownBy(this::start)
                .isInstanceOf(EmbeddedDatabaseException.class)
                .hasMessageContaining("password");
        assertThat(directory.resolve("cluster/PG_VERSION")).exists();
    }

    @Test
    void whatAnInterruptedInitialisationLeftIsRemoved() throws Exception {
        Path half = Files.createDirectories(directory.resolve("initialising-123/base"));
        Files.writeString(half.resolve("1"), "half");
        start().close();
        try (Stream<Path> children = Files.list(directory)) {
            assertThat(children.map(path -> path.getFileName().toString()))
                    .noneMatch(name -> name.startsWith("initialising-") || name.startsWith("owner"));
        }
    }

    @Test
    void aTemporaryDatabaseLeavesNothingBehind() throws Exception {
        EmbeddedPostgresServer server =
                EmbeddedPostgresServer.start(new EmbeddedProperties(directory, false, null, Duration.ofSeconds(60)));
        Path data = Path.of(Database.ask(server, "show data_directory"));
        assertThat(data).exists().doesNotHaveToString(directory.toString());
        server.close();
        assertThat(data.getParent()).doesNotExist();
    }
}
