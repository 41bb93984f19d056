package nocobase.procedures;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.task.Task;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** What our scripts do beside Tasklist's own: they say what lacks, what is old, and that a task has opened. */
class TasklistCompanyIT extends Office {

    @Autowired
    TaskService tasks;

    @Autowired
    IdentityService identity;

    @AfterEach
    void nothingIsLeft() {
        endEverything();
    }

    @Test
    void aMissingAnswerIsNamedMarkedAndGoneTo() {
        Page olga = openPlan();
        Locator complete = complete(olga);
        complete.click();

        Locator missing = olga.locator(".procedures-missing");
        assertThat(missing).containsText("Not answered yet: Your decision");
        Locator question = olga.locator(".fjs-form-field.fjs-has-errors");
        assertThat(question).isInViewport();
        assertThat(question).containsText("An answer is required.");
        assertThat(question.getByRole(AriaRole.RADIO).first()).isFocused();
        assertThat(olga.locator(".page-notifications .alert")).hasCount(0);

        question.getByRole(AriaRole.RADIO).first().check();
        assertThat(missing).hasCount(0);
        assertThat(complete).isEnabled();
        olga.close();
    }

    @Test
    void aMessageOfOneTaskGoesWhenAnotherIsOpened() {
        Page olga = openPlan();
        olga.route(
                "**/submit-form",
                request -> request.fulfill(new Route.FulfillOptions()
                        .setStatus(400)
                        .setContentType("application/json")
                        .setBody("{\"type\":\"Refusal\",\"message\":\"This was refused\"}")));
        olga.locator(".fjs-form").getByRole(AriaRole.RADIO).first().check();
        complete(olga).click();
        assertThat(olga.locator(".page-notifications .alert")).containsText("This was refused");

        olga.navigate(address("tasklist") + "#/?task=another");
        assertThat(olga.getByText("This was refused")).hasCount(0);
        olga.close();
    }

    @Test
    void anEngineThatIsAwayIsToldAndThePageBeginsAnewWhenItIsBack() {
        Page olga = openPlan();
        String task = olga.url();
        olga.evaluate("window.before = true");
        olga.route("**/actuator/health", Route::abort);
        assertThat(olga.locator(".procedures-gone"))
                .containsText(
                        Pattern.compile("The engine does not answer. What you see is as of \\d\\d:\\d\\d:\\d\\d\\."));

        olga.unroute("**/actuator/health");
        olga.waitForFunction("() => !window.before");
        assertThat(olga.locator(".fjs-form")).containsText("Checks passed");
        assertThat(olga.locator(".procedures-gone")).hasCount(0);
        Assertions.assertThat(olga.url()).contains(task.replaceAll(".*(task=[^&]*).*", "$1"));
        olga.close();
    }

    @Test
    void whoeverWantsItIsToldOfTasksByTheBrowser() {
        var context = chromium.newContext();
        context.grantPermissions(List.of("notifications"));
        Page olga = context.newPage();
        olga.addInitScript("""
                window.shown = [];
                window.Notification = class { constructor(title, { body }) { window.shown.push(`${title}: ${body}`); } };
                window.Notification.permission = 'granted';
                window.Notification.requestPermission = async () => 'granted';""");
        olga.navigate(address("tasklist"));
        olga.getByPlaceholder("Username").fill("olga");
        olga.getByPlaceholder("Password").fill(PASSWORD);
        olga.getByRole(AriaRole.BUTTON, named("Log in")).click();
        Locator notify = olga.getByRole(AriaRole.BUTTON, named("Notify me"));
        assertThat(notify).hasAttribute("aria-pressed", "false");
        notify.click();
        assertThat(olga.getByRole(AriaRole.BUTTON, named("Notifications on"))).isVisible();

        plan();
        olga.waitForFunction("() => window.shown.length === 1");
        Assertions.assertThat(olga.evaluate("window.shown[0]").toString())
                .startsWith("A task waits for you: Review plan: training");
        context.close();
    }

    @Test
    void theLoginPageBearsOurName() {
        Page nobody = chromium.newContext().newPage();
        nobody.navigate(address("tasklist"));
        assertThat(nobody.getByPlaceholder("Username")).isVisible();
        assertThat(nobody).hasTitle(Pattern.compile("NocoBase procedures.*"));
        assertThat(nobody.locator(".login-logo")).isHidden();
        Assertions.assertThat(nobody.evaluate(
                        "getComputedStyle(document.querySelector('.login-header .app-name'), '::before').content"))
                .isEqualTo("\"NocoBase procedures\"");
        nobody.context().close();
    }

    private Page openPlan() {
        Task task = plan();
        tasks.setAssignee(task.getId(), "olga");
        Page olga = desk("olga", "tasklist").context().newPage();
        olga.navigate(address("tasklist") + "#/?task=" + task.getId());
        assertThat(olga.locator(".fjs-form")).containsText("Checks passed");
        return olga;
    }

    private Task plan() {
        identity.setAuthentication("olga", List.of("ops"));
        try {
            runtime.startProcessInstanceByKey(
                    "version-upgrade",
                    Map.of("cluster", "training", "targetVersion", "2.2.16", "reason", "Security fixes"));
        } finally {
            identity.clearAuthentication();
        }
        var plan = tasks.createTaskQuery().taskDefinitionKey("userTask_reviewPlan");
        Awaitility.await().atMost(LONG_ENOUGH).until(() -> plan.count() == 1);
        return plan.singleResult();
    }

    private static Locator complete(Page page) {
        return page.locator(".task-card .form-actions .btn-primary");
    }
}
