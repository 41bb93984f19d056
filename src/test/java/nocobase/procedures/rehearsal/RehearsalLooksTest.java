package nocobase.procedures.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Version;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

/** Who only looks at a simulated cluster leaves its row alone: hundreds of them are looked at several times a second. */
class RehearsalLooksTest {

    private static final Version GOOD = Version.parse("2.2.16");

    private final RehearsalScene scene = new RehearsalScene("looks");
    private final JdbcTemplate jdbc = new JdbcTemplate(RehearsalScene.database());

    @Test
    void aPullUnderWayIsLookedAtWithoutWriting() {
        assertThat(scene.cluster.runtime().pull(GOOD)).isInstanceOf(Progress.Pending.class);
        String row = row();

        scene.passSeconds(1);
        assertThat(scene.cluster.runtime().pull(GOOD)).isInstanceOf(Progress.Pending.class);
        scene.cluster.runtime().observe();

        assertThat(row()).isEqualTo(row);
    }

    @Test
    void whatHasHappenedMeanwhileIsWritten() {
        scene.until(() -> scene.cluster.runtime().pull(GOOD));
        scene.suspend();
        scene.launchFirst();
        String row = row();

        scene.passSeconds(60);
        scene.cluster.runtime().observe();

        assertThat(row()).isNotEqualTo(row);
        assertThat(scene.world().texts()).contains("app-1 ready");
    }

    /** Version of the row, and the transaction that last wrote or locked it. */
    private String row() {
        return jdbc.queryForObject(
                "select row_version || ' ' || xmin || ' ' || xmax from rehearsal_world where cluster = 'looks'",
                String.class);
    }
}
