package nocobase.procedures.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import nocobase.procedures.cluster.BalancerSettings;
import nocobase.procedures.cluster.MaintenanceStep;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.NodeState;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Route;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The configuration as text. The expected texts lie in files beside this test, to be read as nginx reads them. */
class ServerBlockTest {

    private static final OperationId OPERATION = new OperationId("prod-eu-abcd2345");
    private static final Instant SINCE = Instant.parse("2026-01-02T03:12:40.123Z");
    private static final String LINK = "Zm9yLXRoZS10ZXN0LW9ubHk_-0123";
    private static final Node NODE = new Node(
            "app-1", NodeState.RUNNING, "nocobase:2.2.15", null, false, URI.create("http://172.18.0.4:13000"), SINCE);
    private static final Address ADDRESS = new Address("app-1", "app-1", List.of("172.18.0.4"), 13000);

    private final ServerBlock block = new ServerBlock("prod-eu", settings("_", "80"), ZoneOffset.UTC);

    @Test
    void nodes() throws IOException {
        Address byAddress = new Address("app-2", null, List.of("[fd00::5]"), 13000);
        Configuration found = block.nodes(List.of(ADDRESS, byAddress));
        assertGolden("nodes.conf", found);
        assertThat(found.files()).containsOnlyKeys("prod-eu.conf");
    }

    @Test
    void closedForEverybody() throws IOException {
        Configuration found = block.maintenance(Route.Maintenance.closed(OPERATION, SINCE), null);
        assertGolden("closed.conf", found);
        assertThat(found.files()).containsOnlyKeys("prod-eu.conf");
        assertThat(found.pages())
                .containsOnlyKeys(
                        "prod-eu.maintenance.en.html",
                        "prod-eu.maintenance.en.json",
                        "prod-eu.maintenance.pt.html",
                        "prod-eu.maintenance.pt.json");
    }

    @Test
    void closedWithANodeUnderTest() throws IOException {
        assertGolden("under-test.conf", block.maintenance(underTest(LINK), ADDRESS));
    }

    @Test
    void theSameRouteIsTheSameGeneration() {
        assertThat(block.nodes(List.of(ADDRESS))).isEqualTo(block.nodes(List.of(ADDRESS)));
    }

    @Test
    void aNodeWithAnotherAddressIsAnotherGenerationAlsoByName() {
        Address moved = new Address("app-1", "app-1", List.of("172.18.0.9"), 13000);
        assertThat(block.nodes(List.of(moved)).generation())
                .as("nginx resolves names only when it loads")
                .isNotEqualTo(block.nodes(List.of(ADDRESS)).generation());
    }

    @Test
    void anotherSuspensionIsAnotherGeneration() {
        Route.Maintenance later = Route.Maintenance.closed(OPERATION, SINCE.plusSeconds(60));
        assertThat(block.maintenance(later, null).generation())
                .isNotEqualTo(block.maintenance(Route.Maintenance.closed(OPERATION, SINCE), null)
                        .generation());
    }

    @Test
    void severalListensAndNamesAndTls() {
        BalancerSettings tls = new BalancerSettings(
                "nginx",
                "/etc/nginx/procedures",
                URI.create("http://nginx"),
                URI.create("https://crm.example.com"),
                "crm.example.com www.example.com",
                "80, 443 ssl");
        String text = text(new ServerBlock("prod-eu", tls, ZoneOffset.UTC).maintenance(underTest(LINK), ADDRESS));
        assertThat(text)
                .contains("    listen 80;\n    listen 443 ssl;\n")
                .contains("server_name crm.example.com www.example.com nginx;")
                .contains("SameSite=Lax; Secure\"");
    }

    @Test
    void pagesInBothLanguagesTellSinceWhenWithTheZone() {
        Configuration found = new ServerBlock("prod-eu", settings("_", "80"), ZoneId.of("America/Sao_Paulo"))
                .maintenance(Route.Maintenance.closed(OPERATION, SINCE), null);
        assertThat(found.pages().get("prod-eu.maintenance.en.html"))
                .contains(
                        "<html lang=\"en\">",
                        "2 January 2026, 00:12 <span class=\"zone\">(UTC\u221203:00)</span>",
                        "prod-eu-abcd2345");
        assertThat(found.pages().get("prod-eu.maintenance.pt.html"))
                .contains(
                        "<html lang=\"pt-BR\">",
                        "2 de janeiro de 2026, 00:12 <span class=\"zone\">(UTC\u221203:00)</span>",
                        "Voltamos já");
    }

    @Test
    void theStepAndTheEstimateAreOnThePagesAndInNoGeneration() {
        Route.Maintenance closed = Route.Maintenance.closed(OPERATION, SINCE);
        Configuration silent = block.maintenance(closed, null);
        Configuration told = block.maintenance(
                closed.showing(MaintenanceStep.BACKING_UP, Instant.parse("2026-01-02T03:40:10Z")), null);
        assertThat(told.generation()).isEqualTo(silent.generation());
        assertThat(told.files()).isEqualTo(silent.files());
        assertThat(told.pages().get("prod-eu.maintenance.en.html"))
                .contains("<dd>Making a safety copy</dd>", "Expected back at about", "2 January 2026, 03:41");
        assertThat(told.pages().get("prod-eu.maintenance.pt.html"))
                .contains("<dd>Fazendo uma cópia de segurança</dd>", "Retorno previsto", "2 de janeiro de 2026, 03:41");
        assertThat(told.pages().get("prod-eu.maintenance.en.json"))
                .contains(
                        "Under maintenance since 2026-01-02T03:12:40Z. Making a safety copy. "
                                + "Expected back at about 2026-01-02T03:41:00Z.",
                        "\"step\":\"BACKING_UP\"",
                        "\"expectedEnd\":\"2026-01-02T03:41:00Z\"");
        assertThat(silent.pages().get("prod-eu.maintenance.en.html")).doesNotContain("<dt>Now</dt>", "Expected back");
        assertThat(silent.pages().get("prod-eu.maintenance.pt.json"))
                .contains("Em manutenção desde", "Tente de novo em alguns minutos.")
                .doesNotContain("step", "expectedEnd");
    }

    @ParameterizedTest
    @EnumSource
    void everyStepIsSaidInBothLanguagesAndFitsHtml(MaintenanceStep step) {
        assertThat(List.of(step.english(), step.portuguese()))
                .doesNotHaveDuplicates()
                .allSatisfy(text -> assertThat(text).isNotBlank().doesNotContain("<", "&", "\""));
    }

    @Test
    void pagesLoadNothing() {
        Configuration found = block.maintenance(
                Route.Maintenance.closed(OPERATION, SINCE).showing(MaintenanceStep.STARTING, SINCE), null);
        found.pages().forEach((name, text) -> {
            if (name.endsWith(".html")) {
                assertThat(text).doesNotContain("http://", "https://", "src=", "@import", "url(", "{{");
            }
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "short",
                "with blank 0123456789012",
                "quote\"0123456789012345",
                "$(id)01234567890123456",
                "a/../b0123456789012345"
            })
    void aSecretThatCouldBreakTheConfigurationIsRefusedAndNotRepeated(String link) {
        assertThatThrownBy(() -> block.maintenance(underTest(link), ADDRESS))
                .isInstanceOf(IllegalArgumentException.class)
                .satisfies(refused -> assertThat(
                                link.isEmpty() || !refused.getMessage().contains(link))
                        .isTrue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"80; include /etc/passwd", "80 {", "$port", "80\n"})
    void aListenThatIsMoreThanThatIsRefusedByItsKey(String listen) {
        assertThatThrownBy(() -> new ServerBlock("prod-eu", settings("_", listen), ZoneOffset.UTC))
                .hasMessageContaining("procedures.clusters.prod-eu.balancer.listen");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a; b", "~^(.*)$", "a{"})
    void serverNamesThatAreMoreThanThatAreRefusedByTheirKey(String names) {
        assertThatThrownBy(() -> new ServerBlock("prod-eu", settings(names, "80"), ZoneOffset.UTC))
                .hasMessageContaining("procedures.clusters.prod-eu.balancer.server-names");
    }

    @Test
    void noNodeIsNoRoute() {
        assertThatThrownBy(() -> block.nodes(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    private static Route.Maintenance underTest(String link) {
        return Route.Maintenance.closed(OPERATION, SINCE).withWayIn(NODE, link);
    }

    private static BalancerSettings settings(String names, String listen) {
        return new BalancerSettings("nginx", "/etc/nginx/procedures", URI.create("http://nginx"), null, names, listen);
    }

    private static String text(Configuration configuration) {
        return configuration.files().get("prod-eu.conf");
    }

    /** {@code -Dgolden.write=true} writes what was found; look at the difference before it is committed. */
    private static void assertGolden(String name, Configuration found) throws IOException {
        String text = text(found).replace(found.generation(), "GENERATION").replace(found.probe(), "PROBE");
        Path golden = Path.of("src/test/resources/golden/balancer", name);
        if (Boolean.getBoolean("golden.write")) {
            Files.createDirectories(golden.getParent());
            Files.writeString(golden, text);
        }
        assertThat(text).isEqualTo(Files.readString(golden, StandardCharsets.UTF_8));
    }
}
