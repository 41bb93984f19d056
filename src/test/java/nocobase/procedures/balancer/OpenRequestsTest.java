package nocobase.procedures.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenRequestsTest {

    /** Rows as Linux printed them. */
    @ParameterizedTest
    @CsvSource({
        "172.18.0.4, 13000, 040012AC:32C8",
        "127.0.0.1, 80, 0100007F:0050",
        "[::1], 13000, 00000000000000000000000001000000:32C8",
        "172.18.0.4, 13000, 0000000000000000FFFF0000040012AC:32C8"
    })
    void anAddressAsTheKernelPrintsIt(String host, int port, String row) {
        assertThat(row).matches(OpenRequests.row(host, port));
    }
}
