package nocobase.procedures.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import nocobase.procedures.audit.Downtime;
import nocobase.procedures.cluster.Seen;
import nocobase.procedures.web.ClusterLooks.Look;
import org.junit.jupiter.api.Test;

/** "In service" never stands beside "Down since": seen on the status view for a moment at each end of a downtime. */
class ServiceViewTest {

    private static final Instant SINCE = Instant.parse("2027-01-10T02:00:00Z");
    private static final Instant UNTIL = SINCE.plusSeconds(90);

    @Test
    void aLookFromBeforeThePageIsOld() {
        assertThat(kind(Seen.Kind.SERVED, SINCE.minusSeconds(1), lasting())).isEqualTo("MAINTENANCE_PAGE");
    }

    @Test
    void anAnswerThatIsNotProvenYetIsNoService() {
        assertThat(kind(Seen.Kind.SERVED, UNTIL.minusSeconds(1), lasting())).isEqualTo("RETURNING");
    }

    @Test
    void aLookFromBeforeTheProofIsOldToo() {
        assertThat(kind(Seen.Kind.MAINTENANCE_PAGE, UNTIL.minusSeconds(1), ended()))
                .isEqualTo("SERVED");
    }

    @Test
    void otherwiseTheLookCounts() {
        assertThat(kind(Seen.Kind.MAINTENANCE_PAGE, SINCE.plusSeconds(1), lasting()))
                .isEqualTo("MAINTENANCE_PAGE");
        assertThat(kind(Seen.Kind.TROUBLE, UNTIL.plusSeconds(1), ended())).isEqualTo("TROUBLE");
        assertThat(kind(Seen.Kind.SERVED, SINCE, null)).isEqualTo("SERVED");
        assertThat(ServiceView.route(new Look<>(null, null, "No answer"), lasting()))
                .isNull();
    }

    private static String kind(Seen.Kind kind, Instant at, Downtime downtime) {
        return ServiceView.route(new Look<>(new Seen(kind, "seen"), at, null), downtime)
                .kind();
    }

    private static Downtime lasting() {
        return downtime(null);
    }

    private static Downtime ended() {
        return downtime(UNTIL);
    }

    private static Downtime downtime(Instant until) {
        return new Downtime(
                1, "a", SINCE, true, "a-1", until, null, new Downtime.Work("a-1", "version-upgrade", SINCE), null);
    }
}
