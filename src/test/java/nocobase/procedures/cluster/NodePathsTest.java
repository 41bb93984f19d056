package nocobase.procedures.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class NodePathsTest {

    @Test
    void areNocoBasesOwnWhereNothingIsSaid() {
        assertThat(NodePaths.of(Map.of())).isEqualTo(NodePaths.DEFAULT);
        assertThat(NodePaths.of(Map.of("APP_PUBLIC_PATH", "/", "API_BASE_PATH", "/api/", "WS_PATH", "")))
                .isEqualTo(NodePaths.DEFAULT);
        assertThat(NodePaths.DEFAULT.health()).isEqualTo("/api/__health_check");
    }

    @Test
    void thePublicPathComesBeforeTheOthers() {
        assertThat(NodePaths.of(Map.of("APP_PUBLIC_PATH", "/nocobase/")))
                .isEqualTo(new NodePaths("/nocobase/", "/nocobase/api/", "/nocobase/ws"));
        assertThat(NodePaths.of(Map.of("APP_PUBLIC_PATH", "/a/b", "API_BASE_PATH", "/rest", "WS_PATH", "/socket")))
                .isEqualTo(new NodePaths("/a/b/", "/a/b/rest/", "/a/b/socket"));
    }

    @Test
    void whatCouldBreakAConfigurationIsNotPlain() {
        assertThat(NodePaths.of(Map.of("APP_PUBLIC_PATH", "/nocobase/")).plain())
                .isTrue();
        assertThat(NodePaths.DEFAULT.plain()).isTrue();
        assertThat(NodePaths.of(Map.of("API_BASE_PATH", "/api/ { return 200; }"))
                        .plain())
                .isFalse();
        assertThat(NodePaths.of(Map.of("WS_PATH", "/ws;")).plain()).isFalse();
    }
}
