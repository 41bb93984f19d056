package nocobase.procedures.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Check.Result;
import org.junit.jupiter.api.Test;

/** Decisions that no engine is needed for, made to fail. */
class RuntimeChecksTest {

    private static final long GB = 1_000_000_000L;

    @Test
    void too_little_room_fails_with_figures() {
        Check check = RuntimeChecks.room(Optional.of(2 * GB), 3 * GB);
        assertThat(check.result()).isEqualTo(Result.FAIL);
        assertThat(check.finding()).isEqualTo("2.0 GB free, 3.0 GB needed.");
        assertThat(check.remedy()).contains("docker image rm");
        assertThat(RuntimeChecks.room(Optional.of(3 * GB), 3 * GB).result()).isEqualTo(Result.PASS);
    }

    @Test
    void unknown_room_is_to_be_confirmed() {
        Check check = RuntimeChecks.room(Optional.empty(), 3 * GB);
        assertThat(check.result()).isEqualTo(Result.WARN);
        assertThat(check.remedy()).contains("3.0 GB", "df");
    }

    @Test
    void nodes_that_cannot_be_stopped_gracefully_are_named() {
        Check check = RuntimeChecks.gracefulStop(List.of("app-2", "app-3"));
        assertThat(check.result()).isEqualTo(Result.WARN);
        assertThat(check.finding()).contains("app-2, app-3", "kills them when the grace period ends");
        assertThat(check.remedy()).contains("has sh, tr, kill and date");
        assertThat(RuntimeChecks.gracefulStop(List.of()).result()).isEqualTo(Result.PASS);
    }
}
