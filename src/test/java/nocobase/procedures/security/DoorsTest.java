package nocobase.procedures.security;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DoorsTest extends SecuredEngine {
    @Test
    void starts() {
        assertThat(true).isTrue();
    }
}
