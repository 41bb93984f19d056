package nocobase.procedures.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import nocobase.procedures.backup.DatabaseTraits.Grant;
import nocobase.procedures.backup.DatabaseTraits.Setting;
import nocobase.procedures.cluster.ClusterSettings;
import nocobase.procedures.cluster.DataJob;
import nocobase.procedures.cluster.Holding;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.RestorePoint.State;
import nocobase.procedures.cluster.RestorePointSettings.Mode;
import nocobase.procedures.cluster.SubApplication;
import nocobase.procedures.cluster.TableNames;
import nocobase.procedures.language.Sizes;
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
        assertThat(new NocoBaseTables("public", new TableNames("", false)).qualified("applicationVersion"))
                .isEqualTo("\"public\".\"applicationVersion\"");
        assertThat(new NocoBaseTables("s", new TableNames("p_", true)).qualified("applicationVersion"))
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
                .isEqualTo(new SubApplication("shop", "", "shop", "s", "h", false));
    }

    /** Else the dry run would prove something else: same image, mounts, networks, role and server. */
    @Test
    void jobsOfTheDryRunAndOfTheChecksAreWhatTheRealOnesAre() {
        for (Map<String, String> settings : List.of(
                Map.<String, String>of(),
                Map.of("database.container", "", "database.tools-image", "tools", "database.host", "db.example"))) {
            ClusterSettings cluster = EmbeddedCluster.settings(5432, settings);
            CopyJobs jobs = new CopyJobs("prod", cluster, new DatabaseServer(cluster.database()));
            DatabaseServer.Facts facts = new DatabaseServer.Facts(170005, 5432);
            StoredRestorePoint point = point("prod-abcdefgh", 1, State.DUMP_ONLY)
                    .copied(new StoredRestorePoint.Copy("x", 1, "pg_dump", Instant.ofEpochSecond(2)), State.DUMP_ONLY)
                    .archived(new StoredRestorePoint.Archive("y", 1), null);
            Restoral restoral = new Restoral(point.id(), new OperationId("prod-abcdefgh"));
            List<String> databases = List.of("nocobase");

            assertThat(surroundings(jobs.dumpSchema(point, "app-1", facts)))
                    .isEqualTo(surroundings(jobs.dump(point, databases, "app-1", facts, false)));
            assertThat(surroundings(jobs.restoreSchema(point, databases, facts)))
                    .isEqualTo(surroundings(jobs.restoreDump(restoral, point, databases, facts)));
            assertThat(surroundings(jobs.dryRunOfStorage("dry-run", "app-1")))
                    .isEqualTo(surroundings(jobs.restoreStorage(restoral, point, "app-1")));
            assertThat(surroundings(jobs.check("app-1")))
                    .isEqualTo(surroundings(jobs.archiveStorage(restoral.operation(), "app-1", "[]")));
        }
    }

    /** All that a job meets, but for what it is told to do there. */
    private static List<Object> surroundings(DataJob job) {
        Map<String, String> environment = new TreeMap<>(job.environment());
        environment.keySet().removeAll(Set.of("SCHEMA_ONLY", "PGAPPNAME"));
        return Arrays.asList(
                job.image(), job.like(), environment, job.mounts(), job.volumesFrom(), String.valueOf(job.network()));
    }

    @Test
    void passwordsGoIntoFilesOnly() {
        ClusterSettings settings = EmbeddedCluster.settings(5432, Map.of("database.password", "hid:den\\1"));
        CopyJobs jobs = new CopyJobs("prod", settings, new DatabaseServer(settings.database()));
        DataJob dump = jobs.dump(
                point("prod-abcdefgh", 1, State.CLONED),
                List.of("nocobase_rp_abcdefgh"),
                "app-1",
                new DatabaseServer.Facts(170005, 5432),
                true);

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
        StoredRestorePoint spent = point("d", 5, State.SPENT);
        StoredRestorePoint unfinished = point("e", 4, null);
        StoredRestorePoint newest = point("c", 3, State.VERIFIED);
        StoredRestorePoint older = point("b", 2, State.VERIFIED);
        StoredRestorePoint oldest = point("a", 1, State.CLONED);
        List<StoredRestorePoint> all = List.of(spent, unfinished, newest, older, oldest);

        assertThat(retention(all, 1).points()).containsExactly(spent, unfinished, older, oldest);
        assertThat(retention(all, 2, "a").points()).containsExactly(spent, unfinished);
        assertThat(retention(all, 1, "a", "e").points()).contains(older).doesNotContain(oldest, unfinished, newest);
        assertThat(retention(all, 2).clones()).containsExactly(older);
        assertThat(retention(all, 2, "b").clones()).isEmpty();
    }

    @Test
    void theNewestDurableOneStaysUnderNewerOnesThatAreOnlyCloned() {
        StoredRestorePoint newest = point("c", 3, State.CLONED);
        StoredRestorePoint newer = point("b", 2, State.CLONED);
        StoredRestorePoint durable = point("a", 1, State.DUMP_ONLY);

        assertThat(retention(List.of(newest, newer, durable), 1).points()).containsExactly(newer);
    }

    @Test
    void anUnverifiedOneTakesNoPlaceOfAVerifiedOne() {
        StoredRestorePoint newest = point("e", 5, State.CLONED);
        StoredRestorePoint newer = point("d", 4, State.CLONED);
        StoredRestorePoint verified = point("c", 3, State.VERIFIED);
        StoredRestorePoint older = point("b", 2, State.DUMP_ONLY);
        StoredRestorePoint oldest = point("a", 1, State.DUMP_ONLY);
        List<StoredRestorePoint> all = List.of(newest, newer, verified, older, oldest);

        assertThat(retention(all, 2).points()).containsExactly(newer, oldest);
        assertThat(retention(all, 3).points()).containsExactly(newer);
        assertThat(retention(List.of(newest, newer, verified), 2).points()).containsExactly(newer);
        assertThat(retention(List.of(newest, newer, verified), 3).points()).isEmpty();
    }

    @Test
    void aReceivedOneIsAsOldAsItsArrival() {
        StoredRestorePoint own = point("b", 100, State.DUMP_ONLY);
        StoredRestorePoint old = point("a", 1, State.DUMP_ONLY);
        StoredRestorePoint received = new StoredRestorePoint(
                "there",
                old.takenAt(),
                "2.2.15",
                Mode.DUMP_FIRST,
                150000,
                old.databases(),
                List.of(),
                List.of(),
                null,
                new StoredRestorePoint.Copy("x", 1, "pg_dump", Instant.ofEpochSecond(200)),
                false,
                State.DUMP_ONLY,
                null,
                "elsewhere");

        assertThat(retention(List.of(own, received, old), 1).points()).containsExactly(own, old);
    }

    @Test
    void nothingIsRemovedThatSomebodyWorksWith() {
        StoredRestorePoint newest = point("c", 3, State.VERIFIED);
        StoredRestorePoint begun = point("b", 2, null);
        StoredRestorePoint sent = point("a", 1, State.VERIFIED);
        Retention atWork = Retention.of(
                List.of(newest, begun, sent),
                List.of(),
                1,
                Set.of(),
                point -> !point.id().equals("c"));

        assertThat(atWork.points()).isEmpty();
        assertThat(atWork.clones()).isEmpty();
    }

    @Test
    void whatWasReplacedGoesByAgeUnlessItIsProtected() {
        Replaced newest = replaced("c", "p", 3);
        Replaced older = replaced("b", "q", 2);
        Replaced oldest = replaced("a", null, 1);
        List<Replaced> all = List.of(newest, older, oldest);

        assertThat(Retention.of(List.of(), all, 1, Set.of(), point -> false).replaced())
                .containsExactly(older, oldest);
        assertThat(Retention.of(List.of(), all, 1, Set.of("q", "a"), point -> false)
                        .replaced())
                .isEmpty();
        assertThat(Retention.of(List.of(), all, 2, Set.of(), point -> false).holdings())
                .extracting(Holding::kind, Holding::name, Holding::size)
                .containsExactly(
                        tuple(Holding.Kind.DATABASE, "nocobase_failed_a", 42L),
                        tuple(Holding.Kind.STORAGE, ".replaced-a", 7L));
    }

    @Test
    void anOperationsRestoresHaveNamesOfTheirOwn() {
        OperationId operation = new OperationId("prod-abcdefgh");
        Restoral own = new Restoral("prod-abcdefgh", operation);
        Restoral earlier = new Restoral("prod-zzzzzzzz", operation);

        assertThat(own.aside("nocobase")).isEqualTo("nocobase_failed_abcdefgh");
        assertThat(own.folder()).isEqualTo(".replaced-abcdefgh");
        assertThat(earlier.aside("nocobase")).matches("nocobase_before_[a-z2-7]{8}");
        assertThat(earlier.folder()).matches("\\.replaced-[a-z2-7]{8}").isNotEqualTo(own.folder());
        assertThat(earlier.dumpJob()).startsWith("prod-abcdefgh-restore").isNotEqualTo(own.dumpJob());
        assertThat(earlier.storageJob()).isNotEqualTo(own.storageJob());
        assertThat(new Restoral("prod-yyyyyyyy", operation).tag()).isNotEqualTo(earlier.tag());
    }

    private static Retention retention(List<StoredRestorePoint> points, int keep, String... ids) {
        return Retention.of(points, List.of(), keep, Set.of(ids), point -> false);
    }

    private static Replaced replaced(String key, String restorePoint, int second) {
        return new Replaced(
                key,
                key,
                restorePoint,
                Instant.ofEpochSecond(second),
                List.of(new Replaced.Database("nocobase_failed_" + key, 42)),
                ".replaced-" + key,
                7);
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

    private static StoredRestorePoint point(String id, int second, State state) {
        return new StoredRestorePoint(
                id,
                Instant.ofEpochSecond(second),
                "2.2.15",
                Mode.CLONE_THEN_DUMP,
                150000,
                List.of(new CoveredDatabase("nocobase", "nocobase_rp_" + id, 1, PLAIN)),
                List.of(),
                List.of(),
                null,
                null,
                false,
                state,
                null,
                null);
    }
}
