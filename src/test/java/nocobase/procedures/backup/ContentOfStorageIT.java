package nocobase.procedures.backup;

import static nocobase.procedures.backup.Steps.done;
import static nocobase.procedures.backup.Steps.failed;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.command.WaitContainerResultCallback;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import java.util.Map;
import nocobase.procedures.Requires;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Check.Result;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.docker.DockerScene;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Folders of a restore point that are links, lead to places beside the storage, or have mounts of their own inside: what is
 * archived is their content, and what cannot be is refused by name.
 */
@Requires("docker")
class ContentOfStorageIT {

    private static final String STORAGE = "/app/nocobase/storage";

    private static BackupScene scene;
    private PostgresRestorePoints points;
    private OperationId operation;
    private OperationId rollback;

    @BeforeAll
    static void build() {
        scene = new BackupScene(DockerScene.of(1)
                .mount("-data:/data")
                .mount("-inner:" + STORAGE + "/apps/main")
                .mount("/etc/hostname:" + STORAGE + "/apps/hostname:ro"));
    }

    @AfterAll
    static void remove() {
        scene.close();
    }

    @BeforeEach
    void begin() {
        scene.likeANode("find /data -mindepth 1 -delete; cd " + STORAGE + ";"
                + " find . -xdev -mindepth 1 ! -path ./apps ! -path './apps/main*' ! -path ./apps/hostname -delete;"
                + " find apps/main -mindepth 1 -delete");
        scene.admin(
                "postgres", "drop database if exists nocobase with (force)", "create database nocobase owner nocobase");
        scene.fill(10);
        points = scene.restorePoints();
        operation = scene.operation();
        rollback = scene.operation();
    }

    @Test
    void whatLinksLeadToIsArchivedAndComesBack() {
        inStorage(
                "mkdir -p /data/plugins/a /data/one /data/uploads .real; echo one > /data/plugins/a/p.js;"
                        + " ln -s /data/plugins plugins; ln -s /data/one apps/one; echo two > /data/one/f; echo key > apps/main/aes.dat;"
                        + " ln -s .real scripts; echo run > .real/run.sh; echo picture > /data/uploads/p.png; ln -s /data/uploads uploads");
        assertThat(content().result()).isEqualTo(Result.WARN);
        assertThat(content().finding()).contains(".real");

        done(() -> points.take(operation));
        done(() -> points.secure(operation));
        inStorage("echo changed > /data/plugins/a/p.js; rm -r /data/one; echo new > /data/plugins/new; echo other >"
                + " apps/main/aes.dat; echo bad > .real/run.sh; rm /data/uploads/p.png");
        done(() -> points.restore(operation.value(), rollback));

        assertThat(inStorage(
                        "cat plugins/a/p.js apps/one/f apps/main/aes.dat scripts/run.sh uploads/p.png; readlink plugins"
                                + " scripts uploads; ls /data/plugins"))
                .isEqualTo("one\ntwo\nkey\nrun\npicture\n/data/plugins\n.real\n/data/uploads\na");
        String aside = new Restoral(operation.value(), rollback).folder();
        assertThat(inStorage("cat " + aside + "/.beside/data/plugins/new " + aside + "/apps/main/aes.dat; readlink "
                        + aside + "/plugins"))
                .isEqualTo("new\nother\n/data/plugins");
    }

    @Test
    void aLinkToWhatNobodyMountsIsRefusedByName() {
        inStorage(
                "mkdir -p plugins/@my; ln -s /opt/custom plugins/@my/plugin; ln -s a plugins/b; ln -s nowhere plugins/c");

        Check content = content();
        assertThat(content.result()).isEqualTo(Result.FAIL);
        assertThat(content.finding())
                .contains("plugins/@my/plugin leads to /opt/custom")
                .doesNotContain("plugins/b");
        assertThat(failed(() -> points.take(operation)).what()).contains("plugins/@my/plugin leads to /opt/custom");

        inStorage("rm plugins/@my/plugin; ln -s /data plugins/@my/plugin; ln -s " + STORAGE + " plugins/all");
        assertThat(content().finding()).contains("plugins/all leads to " + STORAGE + ", which holds");
    }

    @Test
    void aFolderInNoArchiveIsNamedAndCanBeAdded() {
        inStorage("mkdir -p uploads-private logs uploads; echo secret > uploads-private/s");
        assertThat(content().result()).isEqualTo(Result.WARN);
        assertThat(content().finding()).contains("uploads-private").doesNotContain("logs");
        assertThat(content().remedy()).contains("restore-points.folders");
        points = scene.restorePoints(Map.of("restore-points.folders", "uploads-private"));
        assertThat(content().result()).isEqualTo(Result.PASS);

        done(() -> points.take(operation));
        inStorage("echo changed > uploads-private/s");
        done(() -> points.restore(operation.value(), rollback));

        assertThat(inStorage("cat uploads-private/s")).isEqualTo("secret");
    }

    /** It was not in the configuration when the restore point was taken: it stays as it is. */
    @Test
    void aFolderThatWasAddedLaterIsNotTakenAway() {
        inStorage("mkdir -p custom; echo one > custom/s");
        done(() -> points.take(operation));
        points = scene.restorePoints(Map.of("restore-points.folders", "custom"));

        done(() -> points.restore(operation.value(), rollback));

        assertThat(inStorage("cat custom/s")).isEqualTo("one");
    }

    /** An immutable file cannot be set aside: overwritten it would be, and nobody told. */
    @Test
    void whatCannotBeSetAsideStaysAndNothingIsMarkedDone() {
        inStorage("mkdir -p plugins; echo one > plugins/p; echo two > apps/fixed");
        done(() -> points.take(operation));
        inStorage("echo changed > plugins/p; echo changed > apps/fixed");
        chattr("+i", "apps/fixed");

        Failure failure = failed(() -> points.restore(operation.value(), rollback));

        assertThat(failure.what() + failure.logTail()).contains("apps/fixed");
        assertThat(scene.value("nocobase", "select count(*) from users")).isEqualTo("10");
        assertThat(inStorage("cat apps/fixed plugins/p")).isEqualTo("changed\nchanged");
        chattr("-i", "apps/fixed");
        done(() -> points.restore(operation.value(), rollback));
        assertThat(inStorage("cat apps/fixed plugins/p; ls apps")).isEqualTo("two\none\nfixed\nhostname\nmain");
    }

    /** The server may refuse it; what it refuses must not leave a storage of another moment behind. */
    @Test
    void theStorageIsTouchedAfterTheSwapOnly() {
        inStorage("mkdir -p plugins; echo one > plugins/p");
        done(() -> points.take(operation));
        inStorage("echo changed > plugins/p");
        String aside = new Restoral(operation.value(), rollback).aside("nocobase");
        scene.admin("postgres", "create database other");
        scene.admin("postgres", "alter database nocobase owner to postgres");
        try {
            Failure failure = failed(() -> points.restore(operation.value(), rollback));

            assertThat(failure.what()).contains("must be owner of database nocobase");
            assertThat(inStorage("cat plugins/p; ls -A | grep replaced || true"))
                    .isEqualTo("changed");
            assertThat(scene.databases()).doesNotContain(aside);
        } finally {
            scene.admin("postgres", "alter database nocobase owner to nocobase", "drop database other");
        }
        done(() -> points.restore(operation.value(), rollback));
        assertThat(inStorage("cat plugins/p")).isEqualTo("one");
    }

    /** Of a version that stored the folders alone, from the storage on. */
    @Test
    void anArchiveOfAnEarlierVersionStillComesBack() {
        inStorage("mkdir -p plugins; echo one > plugins/p; echo key > apps/main/aes.dat");
        done(() -> points.take(operation));
        String folder = "/r/" + scene.docker.name() + "/" + operation;
        scene.inStorage("mkdir /tmp/x; tar -xf " + folder + "/storage.tar -C /tmp/x; tar -C /tmp/x" + STORAGE + " -cf "
                + folder + "/storage.tar plugins apps");
        String[] sum = scene.inStorage("cd " + folder + "; sha256sum < storage.tar; wc -c < storage.tar")
                .split("\\s+");
        StoredRestorePoint taken = scene.catalogue.find(operation.value()).orElseThrow();
        scene.catalogue.save(
                taken.archived(new StoredRestorePoint.Archive(sum[0], Long.parseLong(sum[2])), taken.state()));
        inStorage("echo changed > plugins/p; echo other > apps/main/aes.dat");

        done(() -> points.restore(operation.value(), rollback));

        assertThat(inStorage("cat plugins/p apps/main/aes.dat")).isEqualTo("one\nkey");
    }

    private Check content() {
        return points.check().stream()
                .filter(check -> check.name().equals("Content of the storage"))
                .findFirst()
                .orElseThrow();
    }

    /** Asks for a right that no job of ours has. */
    private static void chattr(String change, String file) {
        String container = scene.docker.name() + "-chattr";
        DockerScene.docker()
                .createContainerCmd("local/postgres:15")
                .withName(container)
                .withEntrypoint("chattr", change, "/s/" + file)
                .withHostConfig(HostConfig.newHostConfig()
                        .withBinds(Bind.parse(scene.docker.storageVolume() + ":/s"))
                        .withCapAdd(Capability.LINUX_IMMUTABLE))
                .exec();
        DockerScene.docker().startContainerCmd(container).exec();
        int code = DockerScene.docker()
                .waitContainerCmd(container)
                .exec(new WaitContainerResultCallback())
                .awaitStatusCode();
        DockerScene.docker()
                .removeContainerCmd(container)
                .withRemoveVolumes(true)
                .exec();
        assertThat(code).isZero();
    }

    private static String inStorage(String script) {
        return scene.likeANode("cd " + STORAGE + "; " + script);
    }
}
