package nocobase.procedures.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import javax.sql.DataSource;
import nocobase.procedures.EngineTables;
import nocobase.procedures.backup.DatabaseTraits.Grant;
import nocobase.procedures.backup.DatabaseTraits.Setting;
import nocobase.procedures.backup.StoredRestorePoint.Archive;
import nocobase.procedures.backup.StoredRestorePoint.Copy;
import nocobase.procedures.cluster.RestorePoint.Proof;
import nocobase.procedures.cluster.RestorePoint.State;
import nocobase.procedures.cluster.RestorePointSettings.Mode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class CatalogueTableTest {

    private static DataSource database;

    @BeforeAll
    static void makeTables() {
        database = EngineTables.in(EmbeddedCluster.shared().dataSource());
    }

    @Test
    void whatIsSavedIsFoundByAnotherInstanceAndOnlyInItsCluster() {
        CatalogueTable prod = new CatalogueTable("prod", database);
        StoredRestorePoint older = point("prod-aaaaaaaa", "2026-01-01T00:00:00Z", null);
        StoredRestorePoint newer = point("prod-bbbbbbbb", "2026-01-02T00:00:00.123456Z", State.VERIFIED);
        prod.save(older);
        prod.save(newer);
        prod.save(older.with(State.CLONED));

        CatalogueTable again = new CatalogueTable("prod", database);

        assertThat(again.list()).containsExactly(newer, older.with(State.CLONED));
        assertThat(again.find("prod-bbbbbbbb")).contains(newer);
        assertThat(new CatalogueTable("test", database).list()).isEmpty();
        again.remove("prod-bbbbbbbb");
        assertThat(prod.find("prod-bbbbbbbb")).isEmpty();
    }

    @Test
    void whatWasReplacedIsKnownUntilItIsRemoved() {
        CatalogueTable catalogue = new CatalogueTable("replaced", database);
        Replaced older = replaced("aaaaaaaa", "2026-01-01T00:00:00Z");
        Replaced newer = replaced("bbbbbbbb", "2026-01-02T00:00:00Z");
        catalogue.save(newer);
        catalogue.save(older);
        catalogue.save(older);

        assertThat(new CatalogueTable("replaced", database).replaced()).containsExactly(newer, older);
        assertThat(new CatalogueTable("another", database).replaced()).isEmpty();
        catalogue.remove(newer);
        assertThat(catalogue.replaced()).containsExactly(older);
    }

    private static Replaced replaced(String key, String since) {
        return new Replaced(
                key,
                "prod-cccccccc",
                null,
                Instant.parse(since),
                List.of(new Replaced.Database("nocobase_failed_" + key, 4711)),
                ".replaced-" + key,
                1024);
    }

    @Test
    void aRolledBackStepDoesNotUndoWhatHappenedOutside() {
        CatalogueTable catalogue = new CatalogueTable("steps", database);
        StoredRestorePoint point = point("steps-aaaaaaaa", "2026-01-01T00:00:00Z", State.CLONED);

        new TransactionTemplate(new JdbcTransactionManager(database)).executeWithoutResult(status -> {
            catalogue.save(point);
            status.setRollbackOnly();
        });

        assertThat(catalogue.find(point.id())).contains(point);
    }

    private static StoredRestorePoint point(String id, String takenAt, State state) {
        DatabaseTraits traits = new DatabaseTraits(
                "nocobase",
                "UTF8",
                "C",
                "C",
                "c",
                null,
                null,
                "pg_default",
                -1,
                false,
                true,
                "it's ours",
                List.of(new Grant(null, "CONNECT", false)),
                List.of(new Setting("joe", "work_mem", "8MB")));
        return new StoredRestorePoint(
                id,
                Instant.parse(takenAt),
                "2.2.15",
                Mode.CLONE_THEN_DUMP,
                150014,
                List.of(new CoveredDatabase("nocobase", "nocobase_rp_x", 4711, traits)),
                List.of(new StoredRestorePoint.StoredNode("app-1", "nocobase:2.2.15")),
                List.of("@nocobase/plugin-users"),
                new Archive("abc", 1),
                new Copy("def", 2, "pg_dump (PostgreSQL) 15.14", Instant.parse(takenAt)),
                true,
                state,
                new Proof("prod-cccccccc", Instant.parse(takenAt), 12, 34_000_000_000L),
                "elsewhere");
    }
}
