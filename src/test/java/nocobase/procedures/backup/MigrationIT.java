package nocobase.procedures.backup;

import static nocobase.procedures.backup.Steps.done;
import static nocobase.procedures.backup.Steps.doneWith;
import static nocobase.procedures.backup.Steps.failed;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import nocobase.procedures.Requires;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Check.Result;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.docker.DockerScene;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From one cluster to another: each has its own PostgreSQL, store, storage, database name and role. */
@Requires("docker")
class MigrationIT {

    private static final Map<String, String> TARGET = Map.of("database.name", "other", "database.user", "operator");

    @TempDir
    private static Path folder;

    private static BackupScene source;
    private static BackupScene target;
    private OperationId operation;
    private PostgresRestorePoints theirs;
    private PostgresRestorePoints ours;

    @BeforeAll
    static void build() throws IOException {
        source = new BackupScene(DockerScene.of(1).environment("ENCRYPTION_FIELD_KEY", "field-secret"));
        target = new BackupScene(DockerScene.of(1)
                .mount(variables("ENCRYPTION_FIELD_KEY=\"field-secret\"\n") + ":/app/nocobase/.env:ro")
                .environment("APP_KEY", "another"));
        source.fill(1000);
        source.admin("nocobase", "create extension file_fdw");
        source.sql(
                "nocobase",
                "create schema inside",
                "create table inside.posts as select n from generate_series(1, 7) n",
                "comment on table users is 'people'",
                "create table applications (name text primary key, options json)",
                "insert into applications values ('shop', '{}')",
                "create table \"applicationPlugins\" (name text, \"packageName\" text, enabled boolean)",
                "insert into \"applicationPlugins\" values ('users', '@nocobase/plugin-users', true), ('own', '@me/plugin-own', true),"
                        + " ('off', '@me/plugin-off', false)");
        source.admin(
                "postgres",
                "create role reader login",
                "grant connect on database nocobase to reader",
                "create database shop owner nocobase");
        source.admin("nocobase", "grant select on users to reader");
        source.sql("shop", "create table goods as select 1 as id");
        source.inStorage(
                "mkdir -p /s/plugins/@me /s/apps/main /s/uploads; echo theirs > /s/plugins/@me/p.js; echo their-key >"
                        + " /s/apps/main/aes.dat; echo theirs > /s/uploads/same.png; echo theirs > /s/.license; touch /s/.upgrading");
        target.admin(
                "postgres",
                "create role operator login createdb password '" + DockerScene.PASSWORD + "'",
                "create database other owner operator",
                "alter database other set work_mem to '8MB'",
                "comment on database other is 'ours'");
        target.admin(
                "other",
                "create table \"applicationPlugins\" (name text, \"packageName\" text, enabled boolean)",
                "insert into \"applicationPlugins\" values ('users', '@nocobase/plugin-users', true)",
                "alter table \"applicationPlugins\" owner to operator");
        target.inStorage(
                "mkdir -p /s/plugins/old /s/uploads; echo ours > /s/uploads/same.png; echo ours > /s/.license");
    }

    /** In a file, as the other half of owners has them. */
    private static Path variables(String text) throws IOException {
        return Files.writeString(folder.resolve("variables"), text);
    }

    @AfterAll
    static void remove() {
        source.close();
        target.close();
    }

    @BeforeEach
    void begin() {
        theirs = source.restorePoints(Map.of(
                "database.admin-user", DockerScene.ADMIN, "database.admin-password", DockerScene.ADMIN_PASSWORD));
        ours = target.restorePoints(with(Map.of()));
        operation = source.operation();
    }

    private static Map<String, String> with(Map<String, String> changes) {
        Map<String, String> keys = new LinkedHashMap<>(TARGET);
        keys.put("database.admin-user", DockerScene.ADMIN);
        keys.put("database.admin-password", DockerScene.ADMIN_PASSWORD);
        keys.putAll(changes);
        return keys;
    }

    @Test
    void aRestorePointOfAnotherClusterComesToLifeHereAsOurs() {
        RestorePoint taken = done(() -> theirs.takeOnline(operation));
        DatabaseTraits before = target.traits("other");
        assertThat(ours.compatibility(taken.id(), theirs))
                .filteredOn(check -> check.result() != Result.PASS)
                .extracting(Check::name, Check::result)
                .containsExactlyInAnyOrder(
                        org.assertj.core.api.Assertions.tuple("Key of sessions (APP_KEY)", Result.WARN),
                        org.assertj.core.api.Assertions.tuple("Plugins", Result.WARN));

        RestorePoint received = done(() -> ours.receive(taken.id(), theirs));

        assertThat(received.state()).isEqualTo(RestorePoint.State.DUMP_ONLY);
        assertThat(received.databases()).containsExactly("other", "shop");
        assertThat(received.takenAt()).isEqualTo(taken.takenAt());
        assertThat(source.containers.running(operation + "-send")).isFalse();
        String folder = "/r/" + target.docker.name() + "/" + operation;
        assertThat(target.inStorage("cd " + folder + "; sha256sum -c --quiet SHA256SUMS; ls; cat manifest.json"))
                .contains("\"receivedFrom\" : \"" + source.docker.name(), "@me/plugin-own")
                .doesNotContain("nodes.json", "plugin-off");
        assertThat(doneWith(() -> ours.verify(taken.id(), operation)).tables()).isEqualTo(6);

        OperationId migration = target.operation();
        done(() -> ours.take(migration));
        done(() -> ours.restore(taken.id(), migration));

        assertThat(target.value("other", "select count(*) from names")).isEqualTo("1000");
        assertThat(target.value("other", "select count(*) from inside.posts")).isEqualTo("7");
        assertThat(target.value("other", "select obj_description('users'::regclass)"))
                .isEqualTo("people");
        assertThat(target.value("shop", "select count(*) from goods")).isEqualTo("1");
        assertThat(
                        target.value(
                                "other",
                                "select string_agg(distinct pg_get_userbyid(relowner), ',') from pg_class where relnamespace in"
                                        + " ('public'::regnamespace, 'inside'::regnamespace) and relkind in ('r', 'v', 'S', 'm')"))
                .isEqualTo("operator");
        assertThat(target.value("other", "select nspowner::regrole from pg_namespace where nspname = 'inside'"))
                .isEqualTo("operator");
        assertThat(target.value("other", "select string_agg(extname, ',' order by extname) from pg_extension"))
                .isEqualTo("file_fdw,pg_trgm,plpgsql");
        assertThat(target.traits("other")).isEqualTo(before);
        assertThat(target.traits("shop").owner()).isEqualTo("operator");
        assertThat(target.inStorage("cat /s/plugins/@me/p.js /s/apps/main/aes.dat /s/uploads/same.png /s/.license;"
                        + " ls /s/plugins; test ! -e /s/.upgrading"))
                .isEqualTo("theirs\ntheir-key\ntheirs\nours\n@me");

        done(() -> ours.restore(migration.value(), migration));
        assertThat(target.value("other", "select count(*) from \"applicationPlugins\""))
                .isEqualTo("1");
        assertThat(target.inStorage("ls /s/plugins; cat /s/.license")).isEqualTo("old\nours");
    }

    @Test
    void aCopyIsCarriedBetweenHostsInPiecesAndNothingTwice() {
        source.inStorage("head -c 40000000 /dev/urandom > /s/uploads/large");
        done(() -> theirs.takeOnline(operation));
        source.inStorage("rm /s/uploads/large");
        // The same engine under another address: to us it is another host.
        PostgresRestorePoints away = target.restorePoints(with(Map.of("docker.host", "unix:///run/docker.sock")));
        String folder = "/r/" + target.docker.name() + "/" + operation;
        target.inStorage("mkdir -p " + folder + "; echo half > " + folder + "/uploads.tar");

        RestorePoint received = done(() -> away.receive(operation.value(), theirs));

        assertThat(received.size()).isGreaterThan(40_000_000);
        assertThat(target.inStorage("cd " + folder + "; sha256sum -c --quiet SHA256SUMS; ls"))
                .contains("manifest.json", "uploads.tar")
                .doesNotContain("part", "nodes.json", "SHA256SUMS.there");
        assertThat(target.containers.running(operation + "-carry-" + target.docker.name()))
                .isFalse();
        doneWith(() -> away.verify(operation.value(), operation));
    }

    @Test
    void whatDoesNotFitIsSaidBeforeAnythingIsTouched() {
        done(() -> theirs.takeOnline(operation));
        assertFails(
                Map.of("database.table-prefix", "nb_"),
                "Table names",
                "DB_TABLE_PREFIX is \"\" there and \"nb_\" here");
        assertFails(Map.of("database.schema", "inside"), "Table names", "DB_SCHEMA");
        assertFails(Map.of("database.underscored", "true"), "Table names", "DB_UNDERSCORED");
        target.admin("postgres", "create database shop");
        assertFails(Map.of(), "Databases of sub-applications", "shop");
        target.admin("postgres", "drop database shop");
        assertFails(Map.of("database.port", "1"), "Database server", "doesn't answer");
        assertThat(ours.compatibility("nothing", theirs)).allMatch(failing("no restore point nothing"));
        assertThat(ours.compatibility(operation.value(), ours)).allMatch(failing("restore points of other clusters"));
        assertThat(failed(() -> ours.receive("nothing", theirs)).what()).contains("no restore point nothing");
        assertThat(failed(() -> ours.receive(operation.value(), ours)).what())
                .contains("restore points of other clusters");
        List<Check> all = ours.compatibility(operation.value(), theirs);
        assertThat(all.toString()).doesNotContain("field-secret", DockerScene.APP_KEY, "another\"");
        assertThat(ours.find(operation.value())).isEmpty();
    }

    private void assertFails(Map<String, String> changes, String name, String finding) {
        assertThat(target.restorePoints(with(changes)).compatibility(operation.value(), theirs))
                .filteredOn(check -> check.name().equals(name))
                .anyMatch(failing(finding));
    }

    private static Predicate<Check> failing(String finding) {
        return check -> check.result() == Result.FAIL
                && check.finding().contains(finding)
                && !check.remedy().isEmpty();
    }
}
