package nocobase.procedures.docker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.command.InspectContainerResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nocobase.procedures.Requires;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Containers;
import nocobase.procedures.cluster.Containers.ExecResult;
import nocobase.procedures.cluster.DataJob;
import nocobase.procedures.cluster.MayHealException;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Scale;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Commands, files and jobs on the real engine. */
@Requires("docker")
class HostContainersIT {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private static DockerScene scene;
    private static DockerCluster host;
    private static Containers containers;
    private static String node;

    @BeforeAll
    static void startOneNode() {
        scene = DockerRuntimeIT.nodes(2).start();
        host = DockerRuntimeIT.host(scene);
        containers = host.containers();
        node = scene.node(1);
        DockerRuntimeIT.reach(host, Scale.first());
    }

    @AfterAll
    static void removeAll() {
        host.close();
        scene.close();
    }

    @Test
    void runsACommandWithoutAnyShell() {
        ExecResult echo = containers.exec(node, List.of("echo", "$(id) ; 'a  b'"), LIMIT);
        assertThat(echo.output()).isEqualTo("$(id) ; 'a  b'\n");
        assertThat(echo.succeeded()).isTrue();
        ExecResult failed = containers.exec(node, List.of("sh", "-c", "echo out; echo err >&2; exit 7"), LIMIT);
        assertThat(failed.exitCode()).isEqualTo(7);
        assertThat(failed.output()).contains("out").contains("err");
        assertThat(containers.exec(node, List.of("no-such-command"), LIMIT).succeeded())
                .isFalse();
    }

    @Test
    void keepsTheLastPartOfALongOutput() {
        ExecResult result = containers.exec(
                node, List.of("sh", "-c", "i=0; while [ $i -lt 20000 ]; do echo line-$i; i=$((i+1)); done"), LIMIT);
        assertThat(result.output()).hasSizeLessThanOrEqualTo(64 * 1024).endsWith("line-19999\n");
    }

    @Test
    void doesNotWaitLongerThanTheLimit() {
        assertThatThrownBy(() -> containers.exec(node, List.of("sleep", "60"), Duration.ofSeconds(1)))
                .isInstanceOf(EngineFault.class)
                .hasMessageContaining("did not end within 1 s");
    }

    @Test
    void saysWhichContainerIsAbsentOrDoesNotRun() {
        assertThatThrownBy(() -> containers.exec("no-such-container", List.of("true"), LIMIT))
                .isInstanceOf(CannotProceedException.class)
                .hasMessageContaining("no container no-such-container");
        assertThatThrownBy(() -> containers.exec(scene.node(2), List.of("true"), LIMIT))
                .isInstanceOf(MayHealException.class)
                .hasMessageContaining(scene.node(2) + " is not running");
        assertThatThrownBy(() -> containers.read("no-such-container", "/etc/passwd"))
                .isInstanceOf(CannotProceedException.class);
        assertThatThrownBy(() -> containers.write("no-such-container", "/tmp/a", new byte[0], 0600))
                .isInstanceOf(CannotProceedException.class);
        assertThat(containers.running("no-such-container")).isFalse();
        assertThat(containers.running(scene.node(2))).isFalse();
        assertThat(containers.running(node)).isTrue();
    }

    @Test
    void writesAndReadsFiles() {
        String path = "/app/nocobase/storage/seen.conf";
        containers.write(node, path, "one".getBytes(UTF_8), 0644);
        containers.write(node, path, "zwei: ü".getBytes(UTF_8), 0640);
        assertThat(new String(containers.read(node, path), UTF_8)).isEqualTo("zwei: ü");
        assertThat(containers
                        .exec(node, List.of("stat", "-c", "%a %u", path), LIMIT)
                        .output())
                .isEqualTo("640 0\n");
        assertThat(containers
                        .exec(node, List.of("ls", "-A", "/app/nocobase/storage"), LIMIT)
                        .output())
                .doesNotContain(".new");
        assertThat(containers.read(node, "/app/nocobase/storage/absent")).isNull();
        assertThat(containers.read(scene.node(2), path))
                .as("a stopped container's volume")
                .isNotNull();
        containers.write(scene.node(2), path, "stopped".getBytes(UTF_8), 0600);
        assertThat(new String(containers.read(node, path), UTF_8)).isEqualTo("stopped");
        assertThatThrownBy(() -> containers.write(node, "/no/such/directory/file", new byte[0], 0600))
                .isInstanceOf(CannotProceedException.class)
                .hasMessageContaining("no directory /no/such/directory");
    }

    @Test
    void replacesAFileAtomically() {
        String path = "/app/nocobase/storage/atomic";
        containers.write(node, path, "x".repeat(100_000).getBytes(UTF_8), 0600);
        // The size is looked at all the time while the file is replaced: a half-written one would show.
        String watch = "end=$(($(date +%s)+3)); while [ $(date +%s) -lt $end ]; do stat -c %s " + path
                + " || echo gone; done | sort | uniq -c";
        Thread writer = new Thread(() -> {
            for (int i = 0; i < 8; i++) {
                containers.write(node, path, "y".repeat(100_000).getBytes(UTF_8), 0600);
            }
        });
        writer.start();
        String sizes = containers.exec(node, List.of("sh", "-c", watch), LIMIT).output();
        assertThat(sizes.strip()).matches("\\d+ 100000");
    }

    /** Found by the fault campaign: each cut write left its temporary file in the balancer's directory for ever. */
    @Test
    void theNextWriteRemovesWhatCutWritesLeft() {
        String path = "/app/nocobase/storage/cut";
        String others = "/app/nocobase/storage/" + CutWrites.temporary("others");
        String old = "/app/nocobase/storage/" + CutWrites.temporary("old");
        containers.exec(node, List.of("touch", others), LIMIT);
        containers.exec(node, List.of("touch", "-d", "3 minutes ago", old), LIMIT);
        // Two changing calls look for old files, the third puts the temporary file there, the next would begin the
        // rename.
        CutConnection cut = new CutConnection(3, true);
        DockerEngine engine = new DockerEngine(scene.settings().docker(), Duration.ofMinutes(1), cut);
        try (DockerCluster cutHost = new DockerCluster(scene.name(), scene.settings(), Clock.systemUTC(), engine)) {
            byte[] content = "content".getBytes(UTF_8);
            Containers own = cutHost.containers();
            assertThatThrownBy(() -> own.write(node, path, content, 0600)).isInstanceOf(RuntimeException.class);
            assertThat(cut.broke()).isTrue();
            cut.mend();
            own.write(node, path, content, 0600);
        }
        assertThat(containers
                        .exec(node, List.of("sh", "-c", "ls -A /app/nocobase/storage | grep '[.]new$'"), LIMIT)
                        .output())
                .isEqualTo(others.substring(others.lastIndexOf('/') + 1) + "\n");
        containers.exec(node, List.of("rm", others), LIMIT);
    }

    @Test
    void writesSeveralFilesOfADirectoryTogether() {
        String directory = "/app/nocobase/storage/pages";
        containers.exec(node, List.of("mkdir", directory), LIMIT);
        containers.write(node, directory + "/b", "before".getBytes(UTF_8), 0600);
        containers.write(
                node, Map.of(directory + "/a", "one".getBytes(UTF_8), directory + "/b", "two".getBytes(UTF_8)), 0644);
        assertThat(containers
                        .exec(
                                node,
                                List.of("sh", "-c", "cd " + directory + " && ls -A && cat a b && stat -c %a a b"),
                                LIMIT)
                        .output())
                .isEqualTo("a\nb\nonetwo644\n644\n");
        containers.write(
                scene.node(2),
                Map.of(directory + "/a", "3".getBytes(UTF_8), directory + "/c", "4".getBytes(UTF_8)),
                0644);
        assertThat(containers
                        .exec(node, List.of("sh", "-c", "cd " + directory + " && ls -A && cat a b c"), LIMIT)
                        .output())
                .as("written through a stopped container")
                .isEqualTo("a\nb\nc\n3two4");
    }

    @Test
    void readsSeveralFilesOfADirectoryTogether() {
        String directory = "/app/nocobase/storage/several";
        String prepare = "mkdir -p " + directory + "/below && cd " + directory
                + " && printf one > a && printf '' > b && printf no > other && printf no > below/a && ln -s a c";
        assertThat(containers.exec(node, List.of("sh", "-c", prepare), LIMIT).succeeded())
                .isTrue();
        Map<String, byte[]> found = containers.read(node, directory, Set.of("a", "b", "c", "d", "below"));
        assertThat(found).containsOnlyKeys("a", "b");
        assertThat(found.get("a")).asString(UTF_8).isEqualTo("one");
        assertThat(found.get("b")).isEmpty();
        assertThat(containers.read(node, directory + "/absent", Set.of("a"))).isEmpty();
        assertThatThrownBy(() -> containers.read("absent", directory, Set.of("a")))
                .isInstanceOf(CannotProceedException.class)
                .hasMessageContaining("There is no container absent");
    }

    @Test
    void runsAJobOnceAndKeepsItsResult() {
        OperationId operation = OperationId.next(scene.name());
        String name = operation + "-job";
        List<String> command = List.of(
                "sh",
                "-c",
                "echo started >> /storage/runs; stat -c '%a %u' /run/secrets/password; cat /run/secrets/password; echo $GREETING;"
                        + " sleep 1; ls /app/nocobase/storage/runs; exit 3");
        DataJob job = new DataJob(
                name,
                null,
                node,
                command,
                Map.of("GREETING", "hello"),
                Map.of("/run/secrets/password", "secret!"),
                List.of(scene.storageVolume() + ":/storage"),
                node + ":ro",
                "none");
        assertThat(containers.run(job)).isInstanceOf(Progress.Pending.class);
        InspectContainerResponse inspected = scene.inspect(name);
        assertThat(inspected.getConfig().getLabels())
                .containsEntry(Marks.CLUSTER, scene.name())
                .containsEntry(Marks.OPERATION, operation.value());
        assertThat(inspected.toString()).doesNotContain("secret!");

        // Another process finds the same job.
        try (DockerCluster second = DockerRuntimeIT.host(scene)) {
            ExecResult result = result(second.containers(), job);
            assertThat(result.exitCode()).isEqualTo(3);
            assertThat(result.output()).isEqualTo("600 0\nsecret!hello\n/app/nocobase/storage/runs\n");
        }
        assertThat(result(containers, job).exitCode()).isEqualTo(3);
        assertThat(containers
                        .exec(node, List.of("cat", "/app/nocobase/storage/runs"), LIMIT)
                        .output())
                .isEqualTo("started\n");
        containers.forget(name);
        containers.forget(name);
        assertThat(scene.containers()).noneMatch(container -> container.getNames()[0].contains(name));
    }

    /** An operation was cut between setting the node aside and making it anew. */
    @Test
    void runsAJobWithTheStorageOfANodeThatExistsOnlyAsItWasSetAside() {
        String lost = scene.node(2);
        String aside = new AsideContainer(lost, OperationId.next(scene.name())).container();
        containers.exec(node, List.of("touch", "/app/nocobase/storage/shared"), LIMIT);
        DockerScene.copy(lost, "/", ".nocobase-procedures-set-aside", aside);
        DockerScene.docker().renameContainerCmd(lost).withName(aside).exec();
        try {
            DataJob job = new DataJob(
                    OperationId.next(scene.name()) + "-lost",
                    null,
                    lost,
                    List.of("ls", "/app/nocobase/storage/shared"),
                    Map.of(),
                    Map.of(),
                    List.of(),
                    lost + ":ro",
                    "none");
            assertThat(result(containers, job).succeeded()).isTrue();
            containers.forget(job.name());
            assertThat(containers.definition(lost)).contains("/" + aside);
        } finally {
            DockerScene.docker().renameContainerCmd(aside).withName(lost).exec();
        }
    }

    @Test
    void continuesAJobThatWasCutBeforeItsStart() {
        DataJob job =
                job(OperationId.next(scene.name()) + "-cut", List.of("cat", "/note"), Map.of("/note", "complete"));
        DockerScene.docker()
                .createContainerCmd("local/stand-in:2.2.15")
                .withName(job.name())
                .withLabels(Map.of(Marks.ROLE, "job", DockerScene.TEST_LABEL, "true"))
                .withUser("0:0")
                .withEntrypoint(job.command())
                .exec();
        assertThat(result(containers, job).output()).isEqualTo("complete");
        containers.forget(job.name());
    }

    @Test
    void forgetsARunningJob() {
        DataJob job = job(OperationId.next(scene.name()) + "-long", List.of("sleep", "600"), Map.of());
        assertThat(containers.run(job)).isInstanceOf(Progress.Pending.class);
        containers.forget(job.name());
        assertThat(containers.running(job.name())).isFalse();
    }

    @Test
    void leavesNoVolumeBehindWhereTheImageDeclaresSome() {
        int before = volumes();
        DataJob job = new DataJob(
                OperationId.next(scene.name()) + "-pg",
                "local/postgres:15",
                null,
                List.of("pg_dump", "--version"),
                Map.of(),
                Map.of(),
                List.of(),
                null,
                null);
        assertThat(result(containers, job).output()).contains("pg_dump (PostgreSQL) 15");
        containers.forget(job.name());
        // Others make volumes beside us; the declared one would be new and bear no name of theirs.
        assertThat(volumes()).isLessThanOrEqualTo(before);
    }

    @Test
    void tellsWhyAJobCannotStart() {
        DataJob absent = job(OperationId.next(scene.name()) + "-none", List.of("no-such-command"), Map.of());
        assertThat(containers.run(absent))
                .isInstanceOfSatisfying(
                        Progress.Failed.class,
                        failed -> assertThat(failed.failure().what()).contains("no-such-command"));
        containers.forget(absent.name());
        DataJob noImage = new DataJob(
                OperationId.next(scene.name()) + "-img",
                "local/absent:1",
                null,
                List.of("true"),
                Map.of(),
                Map.of(),
                List.of(),
                null,
                null);
        assertThatThrownBy(() -> containers.run(noImage))
                .isInstanceOf(CannotProceedException.class)
                .hasMessageContaining("local/absent:1");
        containers.forget(node);
        assertThat(containers.running(node)).as("a container that is no job").isTrue();
        String named = OperationId.next(scene.name()) + "-job";
        DockerScene.docker().renameContainerCmd(node).withName(named).exec();
        try {
            assertThatThrownBy(() -> containers.forget(named))
                    .as("also one that is called like a job")
                    .isInstanceOf(CannotProceedException.class);
        } finally {
            DockerScene.docker().renameContainerCmd(named).withName(node).exec();
        }
    }

    private static int volumes() {
        return (int) DockerScene.docker().listVolumesCmd().withDanglingFilter(true).exec().getVolumes().stream()
                .filter(volume -> volume.getName().matches("[0-9a-f]{64}"))
                .count();
    }

    private static DataJob job(String name, List<String> command, Map<String, String> files) {
        return new DataJob(name, null, node, command, Map.of(), files, List.of(), null, "none");
    }

    private static ExecResult result(Containers containers, DataJob job) {
        Progress<ExecResult> progress = Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> containers.run(job), it -> !(it instanceof Progress.Pending));
        assertThat(progress).isInstanceOf(Progress.Done.class);
        return ((Progress.Done<ExecResult>) progress).result();
    }
}
