package nocobase.procedures;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.camunda.bpm.engine.HistoryService;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.history.HistoricProcessInstance;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.extension.TestWatcher;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.junit.jupiter.SpringExtension;

/**
 * People at work in a real browser: operators in Tasklist, the manager in Tasklist and Cockpit. {@code -Dscreens=docs/screens}
 * keeps pictures of what they see.
 */
@Requires("browser")
@ExtendWith(SpringExtension.class)
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "server.address=127.0.0.1",
            "procedures.security.admin-password=" + TasklistIT.PASSWORD,
            "procedures.security.users.olga.password=" + TasklistIT.PASSWORD,
            "procedures.security.users.olga.groups=ops",
            "procedures.security.users.maria.password=" + TasklistIT.PASSWORD,
            "procedures.security.users.maria.groups=managers",
            "procedures.clusters.training.runtime=rehearsal",
            "procedures.clusters.training.label=Training",
            "procedures.clusters.training.policies.version-upgrade=allowed",
            "procedures.clusters.training.rehearsal.time-scale=50"
        })
@ContextConfiguration(initializers = TestDatabase.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TasklistIT {

    static final String PASSWORD = "correct-horse-battery";
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(90);

    @LocalServerPort
    int port;

    @Autowired
    RuntimeService runtime;

    @Autowired
    HistoryService history;

    private final Map<String, Page> desks = new LinkedHashMap<>();
    private Playwright playwright;
    private Browser chromium;

    /** A failed test leaves what each person saw. */
    @RegisterExtension
    final TestWatcher pictures = new TestWatcher() {
        @Override
        public void testFailed(ExtensionContext test, Throwable cause) {
            desks.forEach((name, page) -> picture(
                    page,
                    Path.of("target", "browser", test.getRequiredTestMethod().getName() + "-" + name + ".png")));
        }
    };

    @BeforeAll
    void open() {
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

    @Test
    @Order(1)
    void anOperatorUpgradesACluster() {
        Page olga = desk("olga", "tasklist");
        startUpgrade(olga, "2.2.16");

        openTask(olga, "Review plan: training 2.2.15 → 2.2.16");
        Locator form = olga.locator(".fjs-form");
        assertThat(form).containsText("Checks passed");
        assertThat(form).containsText("Same environment on all nodes");
        assertThat(row(form, "app-1")).containsText("running");
        assertThat(row(form, "app-3")).containsText("2.2.15");
        screen(olga, "review-plan");
        choose(olga, "Go on");
        complete(olga);

        openTask(olga, "Verify functionality: training 2.2.15 → 2.2.16");
        assertThat(form).containsText("Clients have seen the 503 page since");
        assertThat(form).containsText("Verify NocoBase 2.2.16 on app-1");
        assertThat(form.getByRole(AriaRole.LINK)).hasAttribute("href", Pattern.compile("https?://.+"));
        assertThat(form).containsText(Pattern.compile("Restore point: training-\\w{8}, [0-9.]+ [MG]B, taken"));
        assertThat(row(form, "app-2")).containsText("stopped");
        assertThat(form).not().containsText("null");
        assertThat(olga.locator(".tasks-list li.task")).containsText("Down since");
        screen(olga, "verify-functionality");
        choose(olga, "It works");
        answer(olga, "What you checked", "Signed in, calendar and orders open");
        complete(olga);

        ended("endEvent_versionUpgraded");
    }

    @Test
    @Order(2)
    void aBrokenUpgradeIsRolledBackWithFourEyes() {
        Page olga = desk("olga", "tasklist");
        startUpgrade(olga, "2.2.17");
        openTask(olga, "Review plan: training 2.2.16 → 2.2.17");
        choose(olga, "Go on");
        complete(olga);

        openTask(olga, "Decide how to go on: training 2.2.16 → 2.2.17");
        Locator form = olga.locator(".fjs-form");
        assertThat(form).containsText("Start first node failed on node app-1");
        assertThat(form).containsText("APP_ERROR");
        assertThat(form).containsText("What to do:");
        assertThat(form.locator("pre")).containsText("migration");
        screen(olga, "decide-how-to-go-on");
        refusedWithoutAnswer(olga);
        choose(olga, "Request a rollback");
        answer(olga, "Why", "The migration breaks the users table");
        complete(olga);

        Page maria = desk("maria", "tasklist");
        Locator request = listed(maria, "Approve rollback: training 2.2.16 → 2.2.17");
        assertThat(request).isVisible();
        olga.reload();
        assertThat(olga.locator(".task-filters")).containsText(Pattern.compile("My group.s tasks\\s+0"));

        Page cockpit = desk("maria", "cockpit");
        String instance = runtime.createProcessInstanceQuery()
                .processDefinitionKey("version-upgrade")
                .singleResult()
                .getId();
        cockpit.navigate(address("cockpit") + "#/process-instance/" + instance + "/runtime");
        assertThat(cockpit.locator("[data-element-id=callActivity_startFirstNode] .djs-visual"))
                .isVisible();
        cockpit.getByText("Called Process Instances").click();
        assertThat(cockpit.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Start first node"))
                        .first())
                .isVisible();
        screen(cockpit, "cockpit-running");

        openTask(maria, "Approve rollback: training 2.2.16 → 2.2.17");
        Locator approval = maria.locator(".fjs-form");
        assertThat(approval).containsText("olga asks to roll back to NocoBase 2.2.16");
        assertThat(approval).containsText("The migration breaks the users table");
        screen(maria, "approve-rollback");
        choose(maria, "Approve");
        answer(maria, "Why", "Agreed, we try again next week");
        complete(maria);

        openTask(olga, "Verify functionality: training back to 2.2.16 from 2.2.17");
        assertThat(form).containsText("Verify NocoBase 2.2.16 on app-1");
        assertThat(form).not().containsText("request a rollback");
        choose(olga, "It works");
        answer(olga, "What you checked", "As before");
        complete(olga);

        ended("endEvent_previousVersionRestored");
    }

    private void startUpgrade(Page page, String version) {
        page.getByText("Start process").click();
        page.locator(".modal-content")
                .getByText("Version upgrade", new Locator.GetByTextOptions().setExact(true))
                .click();
        Locator form = page.locator(".modal-content .fjs-form");
        assertThat(form).containsText("Training (training)");
        form.getByLabel("Target version").fill(version);
        form.getByLabel("Reason").fill("Security fixes, ticket OPS-217");
        screen(page, "start");
        Locator start = page.locator(".modal-content").getByRole(AriaRole.BUTTON, in("Start"));
        assertThat(start).isEnabled();
        start.click();
        assertThat(page.locator(".modal-content")).hasCount(0);
    }

    /** Through the filter that Tasklist opens with; claims the task as a person must before the form takes answers. */
    private static void openTask(Page page, String name) {
        Locator listed = listed(page, name);
        assertThat(listed).isVisible();
        listed.click();
        assertThat(page.locator(".task-card h2")).containsText(name);
        page.getByRole(AriaRole.BUTTON, named("Claim"))
                .or(page.locator("a:has-text('Claim')"))
                .first()
                .click();
        assertThat(page.locator(".task-card .form-actions button:has-text('Complete')"))
                .isVisible();
    }

    private static Locator listed(Page page, String name) {
        return page.locator(".tasks-list h4.task a", new Page.LocatorOptions().setHasText(name));
    }

    private static Locator row(Locator form, String node) {
        return form.locator("tr", new Locator.LocatorOptions().setHasText(node));
    }

    private static void choose(Page page, String answer) {
        page.locator(".fjs-form-field-radio label", new Page.LocatorOptions().setHasText(answer))
                .last()
                .click();
    }

    private static void answer(Page page, String question, String text) {
        page.locator(".fjs-form").getByLabel(question).fill(text);
    }

    private static void complete(Page page) {
        Locator complete = page.locator(".task-card .form-actions button:has-text('Complete')");
        assertThat(complete).isInViewport();
        assertThat(complete).isEnabled();
        complete.click();
        assertThat(complete).hasCount(0);
    }

    private static void refusedWithoutAnswer(Page page) {
        Locator complete = page.locator(".task-card .form-actions button:has-text('Complete')");
        complete.click();
        assertThat(page.locator(".fjs-form .fjs-form-field-error").first()).isVisible();
        assertThat(complete).isDisabled();
    }

    /** The last procedure ended there, and nothing is left. */
    private void ended(String endEvent) {
        Awaitility.await()
                .atMost(LONG_ENOUGH)
                .until(() -> runtime.createProcessInstanceQuery().count() == 0);
        HistoricProcessInstance last = history.createHistoricProcessInstanceQuery()
                .processDefinitionKey("version-upgrade")
                .orderByProcessInstanceStartTime()
                .desc()
                .list()
                .get(0);
        Assertions.assertThat(last.getEndActivityId()).isEqualTo(endEvent);
    }

    /** The page of that person, logged in once. */
    private Page desk(String person, String application) {
        return desks.computeIfAbsent(person + "-" + application, name -> {
            Page page = chromium.newContext(new Browser.NewContextOptions()
                            .setViewportSize(1200, 800)
                            .setLocale("en-US")
                            .setTimezoneId("UTC"))
                    .newPage();
            page.navigate(address(application));
            page.getByPlaceholder("Username").fill(person);
            page.getByPlaceholder("Password").fill(PASSWORD);
            page.getByRole(AriaRole.BUTTON, named("Log in")).click();
            assertThat(page.getByRole(AriaRole.BUTTON, named("Log in"))).hasCount(0);
            return page;
        });
    }

    private String address(String application) {
        return "http://127.0.0.1:" + port + "/camunda/app/" + application + "/default/";
    }

    private static void screen(Page page, String name) {
        String folder = System.getProperty("screens", "");
        if (!folder.isBlank()) {
            picture(page, Path.of(folder, name + ".png"));
        }
    }

    private static void picture(Page page, Path file) {
        page.screenshot(new Page.ScreenshotOptions().setPath(file));
    }

    private static Page.GetByRoleOptions named(String name) {
        return new Page.GetByRoleOptions().setName(name);
    }

    private static Locator.GetByRoleOptions in(String name) {
        return new Locator.GetByRoleOptions().setName(name);
    }
}
