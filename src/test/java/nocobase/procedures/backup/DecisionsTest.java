package nocobase.procedures.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nocobase.procedures.backup.DatabaseTraits.Grant;
import nocobase.procedures.backup.DatabaseTraits.Setting;
import nocobase.procedures.cluster.ClusterSettings;
import nocobase.procedures.cluster.DataJob;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.RestorePoint.State;
import nocobase.procedures.cluster.RestorePointSettings.Mode;
import org.junit.jupiter.api.Test;

/** Decisions and SQL text. */
class DecisionsTest {

    private static final DatabaseTraits PLAIN = new DatabaseTraits(
            "nocobase",
            "UTF8",
            "C.UTF-8",
            "C.UTF-8",
            "c",
            null,
            null,
            "pg_default",
            -1,
            false,
            true,
            null,
            null,
            List.of());

    @Test
    void namesAndTextsAreQuoted() {
        assertThat(Sql.name("a\"b; drop database c")).isEqualTo("\"a\"\"b; drop database c\"");
        assertThat(Sql.text("it's")).isEqualTo("'it''s'");
        assertThat(Sql.text("back\\slash'")).isEqualTo(" E'back\\\\slash'''");
        assertThat(Sql.connectionTo("a'b\\c")).isEqualTo("dbname='a\\'b\\\\c'");
        assertThat(Sql.passField("a:b\\")).isEqualTo("a\\:b\\\\");
        assertThat(Sql.listElements("\"$user\", \"odd, \"\"one\", public"))
                .containsExactly("$user", "odd, \"one", "public");
        assertThat(Sql.listElements("\"\"")).containsExactly("");
    }

    @Test
    void cloneUsesFileCopyWhereThereIsAChoice() {
        assertThat(TraitsSql.createClone("x_rp_1", "x", PLAIN, 150014))
                .isEqualTo("CREATE DATABASE \"x_rp_1\" WITH TEMPLATE \"x\" OWNER \"nocobase\" STRATEGY FILE_COPY");
        assertThat(TraitsSql.createClone("x_rp_1", "x", PLAIN, 140010)).doesNotContain("STRATEGY");
    }

    @Test
    void anEmptyDatabaseHasTheLocaleOfTheOriginal() {
        DatabaseTraits icu = new DatabaseTraits(
                "o", "UTF8", "C", "C", "i", "de-DE", null, "fast", -1, false, true, null, null, List.of());
        assertThat(TraitsSql.createEmpty("n", icu, 150014))
                .isEqualTo("CREATE DATABASE \"n\" WITH TEMPLATE template0 OWNER \"o\" ENCODING 'UTF8' LC_COLLATE 'C'"
                        + " LC_CTYPE 'C' LOCALE_PROVIDER icu ICU_LOCALE 'de-DE' TABLESPACE \"fast\"");
        assertThat(TraitsSql.createEmpty("n", PLAIN, 140000))
                .doesNotContain("PROVIDER")
                .endsWith("'C.UTF-8'");
    }

    @Test
    void traitsAreAppliedOnlyWhereTheyDiffer() {
        DatabaseTraits wanted = new DatabaseTraits(
                "nocobase",
                "UTF8",
                "C.UTF-8",
                "C.UTF-8",
                "c",
                null,
                null,
                "pg_default",
                -1,
                false,
                true,
                "ours",
                List.of(new Grant(null, "CONNECT", false), new Grant("joe", "CREATE", true)),
                List.of(new Setting("joe", "work_mem", "8MB")));

        assertThat(TraitsSql.apply("x", PLAIN, PLAIN)).isEmpty();
        assertThat(TraitsSql.apply("x", wanted, wanted)).isEmpty();
        assertThat(TraitsSql.apply("x", wanted, PLAIN))
                .containsExactly(
                        "REVOKE ALL ON DATABASE \"x\" FROM PUBLIC",
                        "REVOKE ALL ON DATABASE \"x\" FROM \"nocobase\"",
                        "GRANT CONNECT ON DATABASE \"x\" TO PUBLIC",
                        "GRANT CREATE ON DATABASE \"x\" TO \"joe\" WITH GRANT OPTION",
                        "ALTER ROLE \"joe\" IN DATABASE \"x\" SET \"work_mem\" TO '8MB'",
                        "COMMENT ON DATABASE \"x\" IS 'ours'");
    }

    @Test
    void namesMustLeaveRoomForTheLongestSuffix() {
        assertThat(DatabaseNames.fits("n".repeat(47))).isTrue();
        assertThat(DatabaseNames.fits("n".repeat(48))).isFalse();
        assertThat(DatabaseNames.fits("é".repeat(24))).isFalse();
        assertThat(DatabaseNames.failed("n".repeat(47), "abcdefgh")).hasSize(63);
    }

    @Test
    void tablesAreNamedAsNocoBaseDoes() {
        assertThat(new NocoBaseTables("public", "", false).qualified("applicationVersion"))
                .isEqualTo("\"public\".\"applicationVersion\"");
        assertThat(new NocoBaseTables("s", "p_", true).qualified("applicationVersion"))
                .isEqualTo("\"s\".\"p_application_version\"");
    }

    @Test
    void subApplicationsAreReadFromTheirOptions() {
        assertThat(SubApplication.of("shop", "{}").database()).isEqualTo("shop");
        assertThat(SubApplication.of("shop", null).database()).isEqualTo("shop");
        assertThat(SubApplication.of("shop", "{\"database\":{\"database\":\"s1\"}}")
                        .database())
                .isEqualTo("s1");
        assertThat(SubApplication.of("shop", "{\"database\":{\"host\":\"h\",\"schema\":\"s\"}}"))
                .isEqualTo(new SubApplication("shop", "", "shop", "s", "h"));
    }

    @Test
    void passwordsGoIntoFilesOnly() {
        ClusterSettings settings = EmbeddedCluster.settings(5432, Map.of("database.password", "hid:den\\1"));
        CopyJobs jobs = new CopyJobs("prod", settings, new DatabaseServer(settings.database()));
        OperationId operation = new OperationId("prod-abcdefgh");
        DataJob dump = jobs.dump(operation, List.of("nocobase_rp_abcdefgh"), "app-1", 5432);

        assertThat(dump.files().get("/procedures/pgpass")).isEqualTo("*:*:*:nocobase:hid\\:den\\\\1\n");
        assertThat(dump.command()).noneMatch(argument -> argument.contains("den\\"));
        assertThat(dump.environment().values()).noneMatch(value -> value.contains("den\\"));
        assertThat(dump.name()).isEqualTo("prod-abcdefgh-dump");
        assertThat(dump.network()).isEqualTo("container:db");
        assertThat(dump.environment()).containsEntry("PGHOST", "127.0.0.1").containsEntry("PGPORT", "5432");
        assertThat(dump.volumesFrom()).isEqualTo("app-1:ro");
        assertThat(dump.like()).isEqualTo("db");
        assertThat(settings.database().toString()).doesNotContain("den\\");
    }

    @Test
    void retentionNeverRemovesTheNewestGoodOrAProtectedOne() {
        StoredRestorePoint spent = point("d", 5, State.SPENT, List.of());
        StoredRestorePoint unfinished = point("e", 4, null, List.of());
        StoredRestorePoint newest = point("c", 3, State.VERIFIED, List.of());
        StoredRestorePoint older = point("b", 2, State.VERIFIED, List.of());
        StoredRestorePoint oldest = point("a", 1, State.CLONED, List.of());
        List<StoredRestorePoint> all = List.of(spent, unfinished, newest, older, oldest);

        assertThat(Retention.surplus(all, 1, Set.of())).containsExactly(spent, unfinished, older, oldest);
        assertThat(Retention.surplus(all, 2, Set.of("a"))).containsExactly(spent, unfinished);
        assertThat(Retention.surplus(all, 1, Set.of("a", "e")))
                .contains(older)
                .doesNotContain(oldest, unfinished, newest);
        assertThat(Retention.withoutClone(all, List.of(oldest), Set.of())).containsExactly(older);
        assertThat(Retention.withoutClone(all, List.of(), Set.of("b"))).isEmpty();
    }

    @Test
    void aSpentOneThatKeepsAReplacedDatabaseCountsByItsAge() {
        StoredRestorePoint spent = point("c", 3, State.SPENT, List.of("nocobase_failed_x"));
        StoredRestorePoint good = point("b", 2, State.VERIFIED, List.of());
        StoredRestorePoint older = point("a", 1, State.VERIFIED, List.of());

        assertThat(Retention.surplus(List.of(spent, good, older), 1, Set.of())).containsExactly(older);
        assertThat(Retention.surplus(List.of(good, spent, older), 1, Set.of())).containsExactly(spent, older);
    }

    @Test
    void sizesAreShortAndOutputIsRead() {
        assertThat(Sizes.shown(999)).isEqualTo("999 B");
        assertThat(Sizes.shown(12_800_000)).isEqualTo("12.8 MB");
        assertThat(Sizes.shown(1_300_000_000L)).isEqualTo("1.3 GB");
        JobOutput output = new JobOutput("noise\ncopy old 1\ncopy abc 42\n");
        assertThat(output.need("copy")).containsExactly("abc", "42");
        assertThat(output.values("client")).isEmpty();
    }

    private static StoredRestorePoint point(String id, int second, State state, List<String> setAside) {
        return new StoredRestorePoint(
                id,
                Instant.ofEpochSecond(second),
                "2.2.15",
                Mode.CLONE_THEN_DUMP,
                150000,
                List.of(),
                List.of(),
                null,
                null,
                false,
                state,
                setAside);
    }
}
