package nocobase.procedures.balancer;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.BoundingBox;
import com.microsoft.playwright.options.ColorScheme;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import nocobase.procedures.Axe;
import nocobase.procedures.Chromium;
import nocobase.procedures.Requires;
import nocobase.procedures.cluster.BalancerSettings;
import nocobase.procedures.cluster.MaintenanceStep;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Route;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The 503 page as clients see it in a real browser, on a phone and on a desk, in both languages. */
@Requires("browser")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MaintenancePageIT {

    private static final OperationId OPERATION = new OperationId("prod-eu-abcd2345");

    private final ServerBlock block = new ServerBlock(
            "prod-eu",
            new BalancerSettings("nginx", "/etc/nginx/procedures", URI.create("http://nginx"), null, "_", "80"),
            ZoneOffset.UTC);
    private final Chromium chromium = new Chromium();
    private HttpServer server;
    private volatile String content;

    @BeforeAll
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] body = content.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "text/html; charset=utf-8");
            exchange.sendResponseHeaders(503, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterAll
    void end() {
        server.stop(0);
        chromium.close();
    }

    @ParameterizedTest
    @CsvSource({
        "en, 390, 800, We will be right back, Making a safety copy, Expected back, Checking that everything works",
        "pt, 390, 800, Voltamos já, Fazendo uma cópia de segurança, Retorno previsto, Verificando se tudo funciona",
        "pt, 320, 568, Voltamos já, Fazendo uma cópia de segurança, Retorno previsto, Verificando se tudo funciona",
        "en, 1280, 800, We will be right back, Making a safety copy, Expected back, Checking that everything works"
    })
    void isReadAtAGlanceAndAsksForNothingButItself(
            String language, int width, int height, String title, String step, String back, String next) {
        List<String> requests = new CopyOnWriteArrayList<>();
        content = page(language, MaintenanceStep.BACKING_UP);
        try (BrowserContext context =
                chromium.browser().newContext(new Browser.NewContextOptions().setViewportSize(width, height))) {
            Page page = context.newPage();
            page.onRequest((Request request) -> requests.add(request.url()));
            page.clock().install();
            String address =
                    "http://127.0.0.1:" + server.getAddress().getPort() + "/admin/some/very-long-page-of-nocobase";
            page.navigate(address);

            for (String text : List.of(title, step, back)) {
                assertSeen(page.getByText(text).first(), width, height);
            }
            assertThat(page.locator("html")).hasAttribute("lang", language.equals("pt") ? "pt-BR" : "en");
            assertThat(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
                    .as("nothing to scroll sideways")
                    .isEqualTo(true);
            assertThat(((Number) page.evaluate("parseFloat(getComputedStyle(document.querySelector('dd')).fontSize)"))
                            .doubleValue())
                    .as("readable without zooming")
                    .isGreaterThanOrEqualTo(15);

            assertThat(page.getByRole(AriaRole.PROGRESSBAR)).isVisible();
            assertThat(share(page)).as("three of thirteen minutes").isBetween(0.2, 0.26);

            content = page(language, MaintenanceStep.VERIFYING);
            page.clock().runFor(Duration.ofSeconds(21).toMillis());
            assertThat(page.getByText(next)).isVisible();
            assertThat(requests)
                    .as("itself, and itself again")
                    .hasSizeGreaterThanOrEqualTo(2)
                    .containsOnly(address);
        }
    }

    @ParameterizedTest
    @CsvSource({"en, LIGHT", "en, DARK", "pt, LIGHT", "pt, DARK"})
    void axeFindsNothingSerious(String language, ColorScheme scheme) {
        content = page(language, MaintenanceStep.BACKING_UP);
        try (BrowserContext context =
                chromium.browser().newContext(new Browser.NewContextOptions().setColorScheme(scheme))) {
            Page page = context.newPage();
            page.navigate("http://127.0.0.1:" + server.getAddress().getPort() + "/");
            assertThat(page.getByRole(AriaRole.PROGRESSBAR)).isVisible();
            assertThat(Axe.seriousIn(page)).isEmpty();
        }
    }

    /** Nothing is known better than that something is going on: so the bar says no share, with and without a script. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void withoutAScriptAndWhenItTakesLongerTheBarOnlyMoves(boolean script) {
        Instant now = Instant.now();
        content = page("en", MaintenanceStep.VERIFYING, script ? now.minusSeconds(60) : now.plusSeconds(600));
        try (BrowserContext context =
                chromium.browser().newContext(new Browser.NewContextOptions().setJavaScriptEnabled(script))) {
            Page page = context.newPage();
            page.navigate("http://127.0.0.1:" + server.getAddress().getPort() + "/");
            Locator bar = page.getByRole(AriaRole.PROGRESSBAR);
            assertThat(bar).isVisible();
            assertThat(bar.getAttribute("value")).isNull();
            if (script) {
                assertThat(page.getByText("It is taking longer than expected")).isVisible();
            } else {
                assertThat(page.getByText("Expected back")).isVisible();
            }
        }
    }

    private static double share(Page page) {
        return ((Number) page.evaluate("document.getElementById('progress').value")).doubleValue();
    }

    /** Within the first screen, without scrolling. */
    private static void assertSeen(Locator text, int width, int height) {
        assertThat(text).isVisible();
        BoundingBox box = text.boundingBox();
        assertThat(box.x).isGreaterThanOrEqualTo(0);
        assertThat(box.x + box.width).isLessThanOrEqualTo(width);
        assertThat(box.y + box.height).isLessThanOrEqualTo(height);
    }

    private String page(String language, MaintenanceStep step) {
        return page(language, step, Instant.now().plus(Duration.ofMinutes(10)));
    }

    private String page(String language, MaintenanceStep step, Instant end) {
        Instant now = Instant.now();
        return block.maintenance(
                        Route.Maintenance.closed(OPERATION, now.minus(Duration.ofMinutes(3)))
                                .showing(step, end),
                        null)
                .pages()
                .get("prod-eu.maintenance." + language + ".html");
    }
}
