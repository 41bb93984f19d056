package nocobase.procedures.process.claim;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import nocobase.procedures.cluster.ClusterFence.Mark;
import nocobase.procedures.process.claim.Doubt.Kind;
import nocobase.procedures.process.claim.Doubt.Known;
import org.junit.jupiter.api.Test;

class DoubtTest {

    private static final Instant NOW = Instant.parse("2026-03-01T02:00:00Z");
    private static final Duration GAP = Duration.ofMinutes(30);
    private static final String OPERATION = "alpha-aaaaaaaa";

    @Test
    void nobodyWasThere() {
        assertThat(about(null, Known.nothing())).isEmpty();
    }

    @Test
    void itsOwnRecentMarkDoubtsNothing() {
        assertThat(about(mark("us", "a", true, 20), known("a", null, true, 20))).isEmpty();
        assertThat(about(mark("us", "a", true, 1700), known("a", null, true, 1700)))
                .as("an ordinary restart")
                .isEmpty();
    }

    /** It was killed between the two. */
    @Test
    void aMarkThatItWasAboutToPutIsItsOwn() {
        assertThat(about(mark("us", "b", true, 20), known("a", "b", true, 30))).isEmpty();
        assertThat(about(mark("us", "a", true, 30), known("a", "b", true, 30))).isEmpty();
    }

    @Test
    void aMarkThatItDoesNotKnowIsOfALaterPastOrOfACopy() {
        assertThat(about(mark("us", "z", true, 20), known("a", "b", true, 600))).contains(Kind.OLDER_DATABASE);
        assertThat(about(mark("us", "z", false, 999_999), Known.nothing())).contains(Kind.OLDER_DATABASE);
    }

    @Test
    void whoWasAwayForLongAsks() {
        assertThat(about(mark("us", "a", true, 1801), known("a", null, true, 1801)))
                .contains(Kind.AWAY);
        assertThat(about(null, known("a", null, true, 1801)))
                .as("somebody removed the mark")
                .contains(Kind.AWAY);
        assertThat(about(mark("us", "a", false, 1801), known("a", null, false, 1801)))
                .as("nothing was under way")
                .isEmpty();
    }

    @Test
    void aMarkThatSomebodyRemovedIsNoFault() {
        assertThat(about(null, known("a", null, true, 20))).isEmpty();
    }

    @Test
    void anotherEngineThatHoldsTheCluster() {
        assertThat(about(mark("them", "z", true, 119), Known.nothing())).contains(Kind.OTHER_ENGINE);
        assertThat(about(mark("them", "z", true, 121), Known.nothing())).contains(Kind.SILENT_ENGINE);
    }

    @Test
    void anotherEngineThatGaveTheClusterBack() {
        assertThat(about(mark("them", "z", false, 20), known("a", null, false, 600)))
                .isEmpty();
        assertThat(about(mark("them", "z", false, 20), known("a", null, true, 600)))
                .contains(Kind.OTHER_MEANWHILE);
    }

    private static Optional<Kind> about(Mark mark, Known known) {
        return Doubt.about(Optional.ofNullable(mark), known, "us", OPERATION, NOW, GAP)
                .map(Doubt::kind);
    }

    private static Mark mark(String engine, String token, boolean held, long secondsAgo) {
        return new Mark(7, token, engine, "host-1", OPERATION, held, NOW.minusSeconds(secondsAgo));
    }

    private static Known known(String token, String announced, boolean held, long secondsAgo) {
        return new Known(7, token, announced, OPERATION, held, NOW.minusSeconds(secondsAgo));
    }
}
