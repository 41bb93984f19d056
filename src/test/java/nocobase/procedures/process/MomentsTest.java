package nocobase.procedures.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class MomentsTest {

    private static final Instant MOMENT = Instant.parse("2027-01-10T02:36:24.5Z");

    @Test
    void aMomentNamesTheOffsetOfItsZone() {
        assertThat(Moments.shown(MOMENT, ZoneOffset.UTC)).isEqualTo("2027-01-10 02:36:24 UTC");
        assertThat(Moments.shown(MOMENT, ZoneId.of("America/Sao_Paulo"))).isEqualTo("2027-01-09 23:36:24 UTC-03:00");
    }
}
