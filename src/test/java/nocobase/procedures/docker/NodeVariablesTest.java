package nocobase.procedures.docker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NodeVariablesTest {

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
