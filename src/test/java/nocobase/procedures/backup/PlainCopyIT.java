package nocobase.procedures.backup;

import static nocobase.procedures.backup.Steps.done;
import static nocobase.procedures.backup.Steps.failed;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nocobase.procedures.Requires;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.docker.DockerScene;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The durable copy while somebody waits for it: plain text, compared with the database; and compressed afterwards. */
@Requires("docker")
class PlainCopyIT {

    private static final int ROWS = 20000;
    private static final String MADE_ANEW = "The durable copy was made again";

    private static BackupScene scene;
    private PostgresRestorePoints points;
    private OperationId operation;

    @BeforeAll
    static void build() {
        scene = new BackupScene();
    }

    @AfterAll
    static void remove() {
        scene.close();
    }

    @BeforeEach
    void begin() {
        scene.reset();
        scene.fill(ROWS);
        scene.inStorage("mkdir -p /s/plugins /s/uploads; echo picture > /s/uploads/p.png");
        scene.sql(DockerScene.DATABASE, "select lo_unlink(oid) from pg_largeobject_metadata");
        points = scene.restorePoints();
        operation = scene.operation();
        done(() -> points.take(operation));
    }

    @Test
    void isPackedWhenItsCloneGoesAndStillRestoresEverything() {
        assertThat(done(() -> points.secure(operation)).state()).isEqualTo(RestorePoint.State.VERIFIED);
        assertThat(files()).contains(".dat").doesNotContain(".gz");
        long plain = size();

        assertThat(done(() -> points.dropClone(operation)).state()).isEqualTo(RestorePoint.State.DUMP_ONLY);

        assertThat(files()).contains(".dat.gz").doesNotContain("part");
        assertThat(inCopy("ls database-1/*.dat")).isEqualTo("database-1/toc.dat");
        assertThat(size()).isLessThan(plain);
        assertThat(inCopy("sha256sum -c --quiet SHA256SUMS; find . -type f | wc -l; wc -l < SHA256SUMS"))
                .as("all but the list itself and the manifest")
                .isEqualTo(inCopy("echo $(($(wc -l < SHA256SUMS) + 2)); wc -l < SHA256SUMS"));
        assertThat(inCopy("grep -c $(sha256sum SHA256SUMS | cut -c -64) manifest.json"))
                .isEqualTo("1");
        assertThat(Steps.doneWith(() -> points.verify(operation.value(), scene.operation()))
                        .rows())
                .isGreaterThan(ROWS);
    }

    @Test
    void isWhatTheDatabaseTellsOfAnyKindOfTable() {
        OperationId another = scene.operation();
        scene.sql(
                DockerScene.DATABASE,
                "create table \"Odd \"\"name\"\"\" (\"a b\" int, gone int, twice int generated always as (\"a b\" * 2) stored,"
                        + " f float8, r real, t timestamptz, i interval, b bytea, j jsonb, a text[], n numeric)",
                "alter table \"Odd \"\"name\"\"\" drop column gone",
                "insert into \"Odd \"\"name\"\"\" (\"a b\", f, r, t, i, b, j, a, n) select n, random(), random(), now() - n *"
                        + " interval '1 hour', n * interval '1 day', decode(md5(n::text), 'hex'), '{\"k\": \"é\\n\\t\"}',"
                        + " array['\\', null, 'x,y'], n / 3.0 from generate_series(1, 500) n",
                "create table empty ()",
                "create table never_written (id int)",
                "create unlogged table unlogged as select 1 as one",
                "create table parts (id int, v text) partition by range (id)",
                "create table parts_1 partition of parts for values from (0) to (100)",
                "create table parts_2 partition of parts default",
                "insert into parts select n, md5(n::text) from generate_series(1, 300) n",
                "create table heir (more text) inherits (users)",
                "insert into heir (email, more) values ('h@example.com', E'line\\nnext')",
                "create schema \"Other\"",
                "create table \"Other\".\"Table\" as select E'\\\\.' as end_of_data");
        done(() -> points.take(another));

        done(() -> points.secure(another));

        operation = another;
        assertThat(files()).as("not dumped again").doesNotContain(".gz");
        assertThat(dropClone(points)).as("the same bytes").isEmpty();
    }

    @Test
    void isMadeAgainCompressedAtOnceWhereARowIsMissing() {
        try (ToolsImage image = ToolsImage.with(onLargestFile("sed -i 500d $f"))) {
            done(() -> scene.restorePoints(Map.of("database.tools-image", image.name()))
                    .secure(operation));
        }
        assertThat(files()).contains(".dat.gz");
        assertThat(inCopy("ls database-1/*.dat")).isEqualTo("database-1/toc.dat");
    }

    /** What pg_dump wrote is not what is on the disk. Compressed files notice it by themselves. */
    @Test
    void isMadeAnewFromItsCloneWhereItDiffersFromIt() {
        try (ToolsImage image =
                ToolsImage.with(onLargestFile("printf X | dd of=$f bs=1 seek=1000 conv=notrunc 2>/dev/null"))) {
            done(() -> scene.restorePoints(Map.of("database.tools-image", image.name()))
                    .secure(operation));
        }
        assertThat(files()).as("no row is missing").contains(".dat").doesNotContain(".gz");

        assertThat(dropClone(points)).contains(MADE_ANEW);

        assertThat(files()).contains(".dat.gz");
        assertThat(inCopy("ls database-1/*.dat")).isEqualTo("database-1/toc.dat");
        assertThat(Steps.doneWith(() -> points.verify(operation.value(), scene.operation()))
                        .rows())
                .isGreaterThan(ROWS);
    }

    @Test
    void isMadeAnewFromItsCloneWhereItCannotBeCompared() {
        done(() -> points.secure(operation));
        try (ToolsImage image = ToolsImage.with(
                "psql",
                "case \"$*\" in *tell-again*) echo connection lost >&2; exit 2;; esac\n"
                        + "exec /usr/lib/postgresql/15/bin/psql.real \"$@\"")) {
            assertThat(dropClone(scene.restorePoints(Map.of("database.tools-image", image.name()))))
                    .contains(MADE_ANEW);
        }
        assertThat(files()).contains(".dat.gz");
        assertThat(inCopy("sha256sum -c --quiet SHA256SUMS")).isEmpty();
    }

    @Test
    void standsOnItsCheckSumsWhereSomebodyDroppedTheClone() {
        done(() -> points.secure(operation));
        scene.sql("postgres", "drop database nocobase_rp_" + operation.shortId());

        assertThat(dropClone(points)).isEmpty();

        assertThat(files()).contains(".dat.gz");
    }

    @Test
    void staysPlainAndItsCloneToWhereItCannotBePacked() {
        done(() -> points.secure(operation));
        try (ToolsImage image = ToolsImage.withAt("/bin", "gzip", "echo rubbish")) {
            PostgresRestorePoints broken = scene.restorePoints(Map.of("database.tools-image", image.name()));

            assertThat(failed(() -> broken.dropClone(operation)).what())
                    .contains("Compressing the durable copy failed");
        }
        assertThat(inCopy("sha256sum -c --quiet SHA256SUMS; ls database-1")).doesNotContain("gz", "FAILED");
        assertThat(scene.databases()).contains("nocobase_rp_" + operation.shortId());

        assertThat(done(() -> points.dropClone(operation)).state()).isEqualTo(RestorePoint.State.DUMP_ONLY);
        assertThat(files()).contains(".dat.gz");
    }

    /** What is packed counts from the moment at which it is listed; what it was made from goes with the next attempt. */
    @Test
    void isPackedToTheEndWhereItWasCutOffInItsLastStep() {
        done(() -> points.secure(operation));
        try (ToolsImage image = ToolsImage.withAt(
                "/bin", "rm", "case \"$*\" in *.gz*) ;; *database-*.dat*) exit 1;; esac\n/bin/rm.real \"$@\"")) {
            PostgresRestorePoints cut = scene.restorePoints(Map.of("database.tools-image", image.name()));
            failed(() -> cut.dropClone(operation));
        }
        assertThat(files()).contains(".dat.gz");
        assertThat(inCopy("ls database-1/*.dat | wc -l")).isNotEqualTo("1");

        assertThat(done(() -> points.dropClone(operation)).state()).isEqualTo(RestorePoint.State.DUMP_ONLY);
        assertThat(inCopy("ls database-1/*.dat")).isEqualTo("database-1/toc.dat");
        assertThat(inCopy("sha256sum -c --quiet SHA256SUMS")).isEmpty();
    }

    /** @return what was said of a copy that is made anew */
    private List<String> dropClone(PostgresRestorePoints with) {
        List<String> said = new ArrayList<>();
        RestorePoint dropped = done(() -> {
            Progress<RestorePoint> progress = with.dropClone(operation);
            if (progress instanceof Progress.Pending<RestorePoint> pending
                    && pending.text().contains("made again")) {
                said.add(pending.text());
            }
            return progress;
        });
        assertThat(dropped.state()).isEqualTo(RestorePoint.State.DUMP_ONLY);
        return said;
    }

    private static String onLargestFile(String command) {
        return "/usr/lib/postgresql/15/bin/pg_dump.real \"$@\"\n"
                + "for a in \"$@\"; do case $a in --file=*) d=${a#--file=};; esac; done\n"
                + "f=$(ls -S $d/[0-9]*.dat | head -1); if [ -n \"$f\" ]; then " + command + "; fi";
    }

    private String files() {
        return inCopy("ls database-1");
    }

    private long size() {
        return points.find(operation.value()).orElseThrow().size();
    }

    private String inCopy(String script) {
        return scene.inStorage("cd /r/" + scene.docker.name() + "/" + operation + "; " + script);
    }
}
