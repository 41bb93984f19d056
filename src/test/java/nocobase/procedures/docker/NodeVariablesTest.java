package nocobase.procedures.docker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import nocobase.procedures.MovableClock;
import org.junit.jupiter.api.Test;

class NodeVariablesTest {

    private static final Instant STARTED = Instant.parse("2026-11-01T03:00:00Z");

    private final Archives archives = mock();
    private final MovableClock clock = new MovableClock(STARTED);
    private final NodeVariables variables = new NodeVariables(archives, clock);

    /** Each reading costs the engine a process, and nodes are looked at several times a second. */
    @Test
    void aNodeWithoutAFileIsNotAskedForItAtEachLook() {
        when(archives.read(any(), any())).thenReturn(Optional.empty());
        look(5);
        verify(archives, times(1)).read("id", "/app/nocobase/.env");
        clock.advance(Duration.ofSeconds(6));
        look(5);
        verify(archives, times(2)).read("id", "/app/nocobase/.env");
    }

    @Test
    void aFileThatComesWhileTheImageUnpacksIsReadAndThenHolds() {
        when(archives.read(any(), any())).thenReturn(Optional.empty(), Optional.of("WS_PATH=/socket".getBytes(UTF_8)));
        assertThat(look(1)).isEmpty();
        clock.advance(Duration.ofSeconds(6));
        assertThat(look(1)).containsEntry("WS_PATH", "/socket");
        clock.advance(Duration.ofSeconds(60));
        assertThat(look(3)).containsEntry("WS_PATH", "/socket");
        verify(archives, times(2)).read(any(), any());
    }

    @Test
    void aClockThatWasSetBackDoesNotPutTheNextReadingOff() {
        when(archives.read(any(), any())).thenReturn(Optional.empty());
        look(1);
        clock.advance(Duration.ofHours(-1));
        look(1);
        verify(archives, times(2)).read(any(), any());
    }

    private Map<String, String> look(int times) {
        Map<String, String> seen = Map.of();
        for (int look = 0; look < times; look++) {
            seen = variables.with(running()).fileVariables();
        }
        return seen;
    }

    private static NodeContainer running() {
        return new NodeContainer(JsonNodeFactory.instance
                .objectNode()
                .put("Id", "id")
                .set(
                        "State",
                        JsonNodeFactory.instance
                                .objectNode()
                                .put("Running", true)
                                .put("StartedAt", STARTED.toString())));
    }

    @Test
    void aFileIsReadAsNocoBaseReadsIt() {
        assertThat(NodeVariables.parse("""
                        # API_BASE_PATH=/no/
                        API_BASE_PATH=/first/
                        export WS_PATH = "/socket" # a note
                        APP_PUBLIC_PATH=/nocobase/ # a note
                        EMPTY=
                        API_BASE_PATH='/rest/'
                        """))
                .containsEntry("API_BASE_PATH", "/rest/")
                .containsEntry("WS_PATH", "/socket")
                .containsEntry("APP_PUBLIC_PATH", "/nocobase/")
                .containsEntry("EMPTY", "")
                .hasSize(4);
    }
}
