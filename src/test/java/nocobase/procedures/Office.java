package nocobase.procedures;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.TimeoutError;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.LoadState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.rehearsal.RehearsalClusters;
import nocobase.procedures.rehearsal.Rehearsals;
import org.awaitility.Awaitility;
import org.camunda.bpm.engine.HistoryService;
import org.camunda.bpm.engine.RuntimeService;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.extension.TestWatcher;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.junit.jupiter.SpringExtension;

/** The engine with a training cluster, and the people who work with it in a real browser, each at a desk. */
@Requires("browser")
@ExtendWith(SpringExtension.class)
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "server.address=127.0.0.1",
            "procedures.security.admin-password=" + Office.PASSWORD,
            "procedures.security.users.olga.password=" + Office.PASSWORD,
            "procedures.security.users.olga.groups=ops",
            "procedures.security.users.maria.password=" + Office.PASSWORD,
            "procedures.security.users.maria.groups=managers",
            "procedures.security.users.otto.password=" + Office.PASSWORD,
            "procedures.security.users.otto.groups=ops",
            "procedures.security.break-glass=true",
            "procedures.clusters.training.runtime=rehearsal",
            "procedures.clusters.training.label=Training",
            "procedures.clusters.training.policies.version-upgrade=allowed",
            "procedures.clusters.training.rehearsal.time-scale=50"
        })
@ContextConfiguration(initializers = TestDatabase.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class Office {

    static final String PASSWORD = "correct-horse-battery";
    private static final int TALL = 1250;
    static final Duration LONG_ENOUGH = Duration.ofSeconds(90);
    private static final Duration FIRST_PAGE = Duration.ofSeconds(30);

    @LocalServerPort
    int port;

    @Autowired
    RuntimeService runtime;

    @Autowired
    HistoryService history;

    @Autowired
    JdbcTemplate jdbc;

    @Autowired
    Clusters clusters;

    Rehearsals rehearsals;

    @Autowired
    void simulated(RehearsalClusters clusters) {
        rehearsals = new Rehearsals(clusters);
    }

    final Map<String, Page> desks = new LinkedHashMap<>();
    Playwright playwright;
    Browser chromium;

    /** A failed test leaves what each person saw. */
    @RegisterExtension
    final TestWatcher pictures = new TestWatcher() {
        @Override
        public void testFailed(ExtensionContext test, Throwable cause) {
            String row = test.getDisplayName().replaceAll("[^\\p{Alnum}]+", "-");
            String what = test.getRequiredTestMethod().getName() + "-" + row.substring(0, Math.min(60, row.length()));
            desks.forEach((name, page) -> picture(page, Path.of("target", "browser", what + "-" + name + ".png")));
        }
    };

    @BeforeAll
    void open() {
        // The engine is shared with the other browser tests, and its training cluster with it.
        clusters.all().forEach(rehearsals::reset);
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        chromium = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(Requires.Condition.chromium().orElseThrow())
                        .setArgs(List.of("--no-sandbox")));
        PlaywrightAssertions.setDefaultAssertionTimeout(LONG_ENOUGH.toMillis());
    }

    @AfterAll
    void close() {
        if (chromium != null) {
            chromium.close();
        }
        if (playwright != null) {
            playwright.close();
        }
    }

    /**
     * Ends whatever runs, and the tasks for clusters that deletions leave. The job executor is at work meanwhile: whoever
     * loses a race tries again.
     */
    void endEverything() {
        Awaitility.await("nothing runs").atMost(LONG_ENOUGH).ignoreExceptions().until(() -> {
            runtime.createProcessInstanceQuery()
                    .rootProcessInstances()
                    .list()
                    .forEach(instance -> runtime.deleteProcessInstance(instance.getId(), "end of test", true, true));
            return runtime.createProcessInstanceQuery().count() == 0;
        });
        clusters.all().forEach(rehearsals::reset);
        jdbc.update("delete from downtime");
    }

    /** The page of that person, logged in once. */
    Page desk(String person, String application) {
        return desks.computeIfAbsent(person + "-" + application, name -> {
            Page page = chromium.newContext(new Browser.NewContextOptions()
                            .setViewportSize(1200, 740)
                            .setLocale("en-US")
                            .setTimezoneId("UTC"))
                    .newPage();
            page.setDefaultTimeout(LONG_ENOUGH.toMillis());
            page.navigate(address(application));
            // A request that is still under way when the login begins a new session would bring the old one back.
            page.waitForLoadState(LoadState.NETWORKIDLE);
            beginAgainIfBlank(page);
            page.getByPlaceholder("Username").fill(person);
            page.getByPlaceholder("Password").fill(PASSWORD);
            page.getByRole(AriaRole.BUTTON, named("Log in")).click();
            assertThat(page.getByRole(AriaRole.BUTTON, named("Log in"))).hasCount(0);
            return page;
        });
    }

    /** The first page of a new engine came up blank on an overloaded machine: a person would load it once more. */
    private static void beginAgainIfBlank(Page page) {
        try {
            page.getByPlaceholder("Username").waitFor(new Locator.WaitForOptions().setTimeout(FIRST_PAGE.toMillis()));
        } catch (TimeoutError blank) {
            page.reload();
            page.waitForLoadState(LoadState.NETWORKIDLE);
        }
    }

    String address(String application) {
        return "http://127.0.0.1:" + port + "/camunda/app/" + application + "/default/";
    }

    static void screen(Page page, String name) {
        String folder = System.getProperty("screens", "");
        if (!folder.isBlank()) {
            picture(page, Path.of(folder, name + ".png"));
        }
    }

    /** Evidence, question and answers on one picture. */
    static void wholeScreen(Page page, String name) {
        var usual = page.viewportSize();
        page.setViewportSize(usual.width, TALL);
        screen(page, name);
        page.setViewportSize(usual.width, usual.height);
    }

    static void picture(Page page, Path file) {
        page.screenshot(new Page.ScreenshotOptions().setPath(file));
    }

    static Page.GetByRoleOptions named(String name) {
        return new Page.GetByRoleOptions().setName(name);
    }

    static Locator.GetByRoleOptions in(String name) {
        return new Locator.GetByRoleOptions().setName(name);
    }
}
